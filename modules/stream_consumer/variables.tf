variable "name" {
  description = "Name of the function, for example `dev-animal-recommender-put-events`. The name of its dead-letter queue is `<name>-dead-letters`."
  type        = string
}

variable "package" {
  description = "Name of the Python package under functions/ and of its zip."
  type        = string
}

variable "description" {
  description = "One sentence on what the function does."
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

variable "settings" {
  description = "Size and scaling of the function; see modules/lambda_function."
  type = object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  })
  default = {}
}

variable "environment" {
  description = "Environment variables of the function. The module adds DEAD_LETTER_QUEUE_URL."
  type        = map(string)
}

variable "policy_json" {
  description = "IAM policy document with the calls that the code of the function makes. The module adds reading the stream and sending to the dead-letter queue."
  type        = string
}

variable "stream_arn" {
  description = "ARN of the Kinesis stream that the function reads."
  type        = string
}

variable "mapping" {
  description = "How Lambda reads the stream (event source mapping). batch_size: records in a batch. batching_window_seconds: how long Lambda waits for a full batch. parallelization_factor: batches of one shard that are processed at the same time. A batch that keeps failing goes to the dead-letter queue when its records are older than maximum_record_age_seconds, or after maximum_retry_attempts (-1: no limit, so that an outage of some minutes loses nothing)."
  type = object({
    batch_size                 = optional(number, 100)
    batching_window_seconds    = optional(number, 1)
    parallelization_factor     = optional(number, 1)
    maximum_retry_attempts     = optional(number, -1)
    maximum_record_age_seconds = optional(number, 86400)
  })
  default = {}

  validation {
    condition     = var.mapping.batch_size >= 1 && var.mapping.batch_size <= 10000
    error_message = "mapping.batch_size must be 1 to 10000 (records)."
  }

  validation {
    condition     = var.mapping.batching_window_seconds >= 0 && var.mapping.batching_window_seconds <= 300
    error_message = "mapping.batching_window_seconds must be 0 to 300 (seconds)."
  }

  validation {
    condition     = var.mapping.parallelization_factor >= 1 && var.mapping.parallelization_factor <= 10
    error_message = "mapping.parallelization_factor must be 1 to 10 (batches of one shard at the same time)."
  }

  validation {
    condition     = var.mapping.maximum_retry_attempts >= -1 && var.mapping.maximum_retry_attempts <= 10000
    error_message = "mapping.maximum_retry_attempts must be -1 (as many as the age of the records allows) to 10000."
  }

  validation {
    condition     = var.mapping.maximum_record_age_seconds >= 60 && var.mapping.maximum_record_age_seconds <= 604800
    error_message = "mapping.maximum_record_age_seconds must be 60 to 604800 (seconds)."
  }
}
