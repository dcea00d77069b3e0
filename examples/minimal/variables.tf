variable "environment" {
  description = "Name of the deployment. The name of every resource begins with it."
  type        = string
  default     = "minimal"
}

variable "region" {
  description = "AWS region; Amazon Personalize must be available there."
  type        = string
  default     = "us-east-1"
}

variable "package_directory" {
  description = "Folder with the functions' zips, as `make package` builds them. Null: build/ of the repository."
  type        = string
  default     = null
}

variable "python" {
  description = "Python 3.11 or later that has boto3 and rich. Null: .venv/bin/python of the repository if it exists, else python3."
  type        = string
  default     = null
}
