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
  description = "Size and scaling of recommend and rerank; see the module lambda_function."
  type = map(object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  }))
  default = {}
}

variable "campaign_arns" {
  description = "ARN of the campaign of each model. `recommender` serves recommend; `reranker`, if there is one, serves rerank."
  type        = map(string)

  validation {
    condition     = contains(keys(var.campaign_arns), "recommender")
    error_message = "campaign_arns must have an entry recommender; reranker is optional."
  }
}

variable "filters" {
  description = "Each filter that a request may name: its ARN, and the placeholders that the request must give values."
  type = map(object({
    arn          = string
    placeholders = set(string)
  }))
  default = {}
}

variable "personalize_timeout_seconds" {
  description = "Seconds that a request waits for Personalize before it gets the fallback answer."
  type        = number
  default     = 2

  validation {
    condition     = var.personalize_timeout_seconds > 0 && var.personalize_timeout_seconds <= 20
    error_message = "personalize_timeout_seconds must be more than 0 and at most 20."
  }

  validation {
    condition     = alltrue([for name in ["recommend", "rerank"] : try(coalesce(var.functions[name].timeout, 30), 30) >= var.personalize_timeout_seconds + 4])
    error_message = "personalize_timeout_seconds must leave 4 seconds of the timeouts of recommend and rerank, for the start and for reading the popular list."
  }
}

variable "fallback" {
  description = "Bucket and key of the popular list that recommend answers when its campaign does not."
  type = object({
    bucket     = string
    bucket_arn = string
    key        = string
  })
}
