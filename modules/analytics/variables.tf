variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender."
  type        = string
}

variable "raw_bucket" {
  description = "Name of the bucket with the raw events. Query results are written to the same bucket."
  type        = string
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts query results."
  type        = string
}

variable "event_types" {
  description = "Event types of the deployment. Terraform warns if the named queries count a type that is not among them."
  type        = list(string)
}

variable "scan_limit_gib" {
  description = "How many GiB one query may scan before Athena stops it."
  type        = number
  default     = 10

  validation {
    condition     = var.scan_limit_gib >= 1
    error_message = "scan_limit_gib must be 1 or more."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` deletes the workgroup even if it has queries in its history."
  type        = bool
  default     = false
}
