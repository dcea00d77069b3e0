variable "environment" {
  description = "Name of the deployment. The name of every resource begins with it."
  type        = string
  default     = "in-vpc"
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

variable "cidr_block" {
  description = "Addresses of the VPC, a /16 block: each of its two subnets gets a /24 block."
  type        = string
  default     = "10.20.0.0/16"

  validation {
    condition     = can(cidrhost(var.cidr_block, 0)) && endswith(var.cidr_block, "/16")
    error_message = "cidr_block must be an IPv4 block of size /16, for example 10.20.0.0/16."
  }
}
