variable "prefix" {
  description = "What every name begins with."
  type        = string
}

variable "raw_bucket" {
  description = "Name of the bucket with the raw events; results are written there too."
  type        = string
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts results."
  type        = string
}

variable "scan_limit_gib" {
  description = "GiB that one query may read before Athena stops it."
  type        = number
  default     = 10

  validation {
    condition     = var.scan_limit_gib >= 1
    error_message = "scan_limit_gib must be at least 1."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete a workgroup that still has queries in its history."
  type        = bool
  default     = false
}
