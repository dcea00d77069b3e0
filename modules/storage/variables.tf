variable "prefix" {
  description = "What every name begins with; bucket names end with the account id, since they are global."
  type        = string

  validation {
    condition     = length(var.prefix) <= 37
    error_message = "prefix must have at most 37 characters, so that bucket names stay within 63."
  }
}

variable "account" {
  description = "Where the system lives: account id, region, partition."
  type = object({
    id        = string
    region    = string
    partition = string
  })
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts seed data and raw events."
  type        = string
}

variable "retention_days" {
  description = "Days that each kind of object is kept: raw events, records that Firehose could not write, Athena's results, access logs, and versions that were overwritten or deleted."
  type = object({
    raw_events     = optional(number, 730)
    errors         = optional(number, 30)
    query_results  = optional(number, 7)
    access_logs    = optional(number, 90)
    older_versions = optional(number, 30)
  })
  default = {}

  validation {
    condition     = alltrue([for days in values(var.retention_days) : days >= 1])
    error_message = "retention_days: each must be at least 1 (day)."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete buckets that still hold objects."
  type        = bool
  default     = false
}
