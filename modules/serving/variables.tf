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
  description = "Size and scaling of the functions; see modules/lambda_function."
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
  description = "ARN of the campaign of each model. `recommender` serves the function recommend. `reranker`, `similar` and `trending`, if there are any, serve rerank, similar and trending."
  type        = map(string)

  validation {
    condition     = contains(keys(var.campaign_arns), "recommender")
    error_message = "campaign_arns must have an entry `recommender`; the others are optional."
  }
}

variable "filters" {
  description = "Filters that a request may name: the ARN of each, and the placeholders for which a request must give values."
  type = map(object({
    arn          = string
    placeholders = set(string)
  }))
  default = {}
}

variable "personalize_timeout_seconds" {
  description = "How many seconds a request waits for Amazon Personalize before the function answers with its fallback."
  type        = number
  default     = 2

  validation {
    condition     = var.personalize_timeout_seconds > 0 && var.personalize_timeout_seconds <= 20
    error_message = "personalize_timeout_seconds must be more than 0 and at most 20 (seconds)."
  }

  validation {
    condition     = alltrue([for name in ["recommend", "rerank", "similar", "trending"] : try(coalesce(var.functions[name].timeout, 30), 30) >= var.personalize_timeout_seconds + 4])
    error_message = "personalize_timeout_seconds must be at least 4 seconds less than the timeouts of the functions, which they need to start and to read the popular list."
  }
}

variable "fallback" {
  description = "Bucket and key of the popular list, with which recommend answers if its campaign fails."
  type = object({
    bucket     = string
    bucket_arn = string
    key        = string
  })
}

variable "pets" {
  description = "Where the functions find the catalogue of pets (table and bucket) and a visitor's applications (history_table), the ages in years at which the age ids 2 to 5 begin (age_limits), and what share of an answer of recommend (long_waiting_share, 0 to 1) is for pets that have waited for at least long_waiting_days."
  type = object({
    table              = string
    table_arn          = string
    bucket             = string
    bucket_arn         = string
    history_table      = string
    history_table_arn  = string
    age_limits         = list(number)
    long_waiting_days  = optional(number, 60)
    long_waiting_share = optional(number, 0.2)
  })

  validation {
    condition     = var.pets.long_waiting_share >= 0 && var.pets.long_waiting_share <= 1
    error_message = "pets.long_waiting_share must be 0 (no place) to 1 (every place)."
  }

  validation {
    condition     = var.pets.long_waiting_days >= 1
    error_message = "pets.long_waiting_days must be 1 or more (days)."
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

variable "experiments" {
  description = "What functions with experiments need (see modules/experiments), and for each of them the models that its arms show. Null without experiments."
  type = object({
    definitions    = string
    shares         = string
    parameter_arns = list(string)
    stream         = string
    stream_arn     = string
    models         = map(set(string))
  })
  default = null
}
