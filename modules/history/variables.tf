variable "prefix" {
  description = "What every name begins with."
  type        = string
}

variable "account" {
  description = "Where the system lives: account id, region, partition."
  type = object({
    id        = string
    region    = string
    partition = string
  })
}

variable "platform" {
  description = "What all functions of an environment share; see the module lambda_function."
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
  description = "Size and scaling of record_history and get_history; see the module lambda_function."
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
  description = "How Lambda reads the stream for record_history; see the module stream_consumer."
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
  description = "Days after which an event leaves a user's history."
  type        = number
  default     = 365

  validation {
    condition     = var.ttl_days >= 1 && var.ttl_days <= 3650
    error_message = "ttl_days must be 1 to 3650."
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
