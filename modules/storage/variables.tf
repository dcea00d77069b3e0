variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender. Bucket names also end with the account id, because they are global."
  type        = string

  validation {
    condition     = length(var.prefix) <= 37
    error_message = "prefix must have at most 37 characters, so that bucket names have at most 63."
  }
}

variable "account" {
  description = "Where the resources are: account id, region and partition."
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
  description = "How many days each kind of object is kept. raw_events, and exposures of experiments. errors: records that Firehose could not process. query_results: results of Athena queries. access_logs. feeds: files with pets, and the reports of their imports. batches: lists of users and what is recommended to them. older_versions: versions of objects that were overwritten or deleted."
  type = object({
    raw_events     = optional(number, 730)
    errors         = optional(number, 30)
    query_results  = optional(number, 7)
    access_logs    = optional(number, 90)
    feeds          = optional(number, 90)
    batches        = optional(number, 30)
    older_versions = optional(number, 30)
  })
  default = {}

  validation {
    condition     = alltrue([for days in values(var.retention_days) : days >= 1])
    error_message = "retention_days: each value must be 1 or more (days)."
  }
}

variable "writes_batches" {
  description = "Whether Amazon Personalize writes recommendations below batch/ of the seed bucket."
  type        = bool
  default     = false
}

variable "force_destroy" {
  description = "Whether `terraform destroy` deletes buckets that are not empty."
  type        = bool
  default     = false
}

variable "personalize_check_source_account" {
  description = "Whether the bucket policy of the seed data lets Amazon Personalize in only if it sends aws:SourceAccount with the id of this account."
  type        = bool
  default     = true
}
