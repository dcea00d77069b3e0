variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender."
  type        = string
}

variable "account" {
  description = "Where the resources are: account id, region and partition."
  type = object({
    id        = string
    region    = string
    partition = string
  })
}

variable "platform" {
  description = "Settings that all functions of an environment share; see modules/lambda_function."
  type = object({
    environment        = string
    package_directory  = string
    package_bucket     = string
    runtime            = string
    architecture       = string
    log_level          = string
    log_retention_days = number
    kms_key_arn        = string
    vpc_config = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
  })
}

variable "functions" {
  description = "Size and scaling of record_history and get_history; see modules/lambda_function."
  type = map(object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  }))
  default = {}
}

variable "mapping" {
  description = "How Lambda reads the stream for record_history; see modules/stream_consumer."
  type = object({
    batch_size                 = optional(number)
    batching_window_seconds    = optional(number)
    parallelization_factor     = optional(number)
    maximum_retry_attempts     = optional(number)
    maximum_record_age_seconds = optional(number)
  })
  default = {}
}

variable "stream_arn" {
  description = "ARN of the Kinesis stream of events."
  type        = string
}

variable "ttl_days" {
  description = "How many days an event stays in a user's history."
  type        = number
  default     = 365

  validation {
    condition     = var.ttl_days >= 1 && var.ttl_days <= 3650
    error_message = "ttl_days must be 1 to 3650 (days)."
  }
}

variable "point_in_time_recovery" {
  description = "Whether the table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = false
}
