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
    scripts = optional(object({
      python      = string
      python_path = list(string)
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

variable "event_types" {
  description = "Event types of the deployment, in their exact spelling; the root module validates them."
  type        = list(string)
}

variable "pets" {
  description = "The catalogue of pets: its table, the ages in years at which the age ids 2 to 5 begin, and the event types with which a visitor applies for a pet."
  type = object({
    table                   = string
    table_arn               = string
    age_limits              = list(number)
    application_event_types = optional(list(string), ["Application"])
  })
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

variable "visitor_tokens" {
  description = "What the functions need to check the tokens of browsers; see modules/lambda_function. Null without an API for browsers."
  type = object({
    key_arn    = string
    days       = number
    generation = number
  })
  default = null
}
