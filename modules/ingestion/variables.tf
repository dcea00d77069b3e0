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

variable "put_events" {
  description = "Size and scaling of the function put_events; see modules/lambda_function."
  type = object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  })
  default = {}
}

variable "accept_events" {
  description = "Size and scaling of the function accept_events; see modules/lambda_function."
  type = object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  })
  default = {}
}

variable "normalize_events" {
  description = "Size and scaling of the function normalize_events; see modules/lambda_function."
  type = object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  })
  default = {}

  validation {
    condition     = coalesce(var.normalize_events.timeout, 30) <= 300
    error_message = "normalize_events.timeout must be at most 300 (seconds): Firehose waits no longer."
  }
}

variable "stream_retention_hours" {
  description = "How many hours the stream keeps events, and so how long a consumer can be down without loss."
  type        = number
  default     = 48

  validation {
    condition     = var.stream_retention_hours >= 24 && var.stream_retention_hours <= 8760
    error_message = "stream_retention_hours must be 24 to 8760 (hours)."
  }
}

variable "event_types" {
  description = "Event types of the deployment, in their exact spelling; the root module validates them."
  type        = list(string)
}

variable "mapping" {
  description = "How Lambda reads the stream for put_events; see modules/stream_consumer."
  type = object({
    batch_size                 = optional(number)
    batching_window_seconds    = optional(number)
    parallelization_factor     = optional(number)
    maximum_retry_attempts     = optional(number)
    maximum_record_age_seconds = optional(number)
  })
  default = {}
}

variable "tracking_id" {
  description = "Tracking id of the Personalize event tracker."
  type        = string
}

variable "pets" {
  description = "The catalogue of pets: its table, in which put_events and normalize_events find the groups of pets, the alias of publish_pets, which put_events invokes when it sees a new group, and the ages in years at which the age ids 2 to 5 begin."
  type = object({
    table             = string
    table_arn         = string
    publish_alias_arn = string
    age_limits        = list(number)
  })
}

variable "raw_bucket_arn" {
  description = "ARN of the bucket that Firehose writes the raw events to."
  type        = string
}

variable "firehose" {
  description = "When Firehose writes an object: after buffering_seconds or buffering_mib, whichever comes first."
  type = object({
    buffering_seconds = optional(number, 300)
    buffering_mib     = optional(number, 64)
  })
  default = {}

  validation {
    condition     = var.firehose.buffering_seconds >= 0 && var.firehose.buffering_seconds <= 900
    error_message = "firehose.buffering_seconds must be 0 to 900 (seconds)."
  }

  validation {
    condition     = var.firehose.buffering_mib >= 1 && var.firehose.buffering_mib <= 128
    error_message = "firehose.buffering_mib must be 1 to 128 (MiB)."
  }
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
