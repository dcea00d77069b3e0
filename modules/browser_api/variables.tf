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
  description = "Size and scaling of create_visitor and identify_visitor; see modules/lambda_function."
  type = map(object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  }))
  default = {}
}

variable "description_path" {
  description = "Path of the OpenAPI description. Its operations with the tag `browser` have routes here."
  type        = string
}

variable "alias_arns" {
  description = "ARN of the alias of each function that a browser may call, by function name: accept_events, recommend, get_history and, if there are any, rerank, similar and trending."
  type        = map(string)
}

variable "settings" {
  description = "origins: the pages that may call, for example https://www.example.org. jwt: the site's own login, whose claim user_claim holds the user's id; null: visitors stay anonymous. throttling: requests per second of all browsers together (rate, burst), and of those new visitors (visitors_rate, visitors_burst). tokens: how many days a visitor's token is valid; a higher generation ends all tokens at once."
  type = object({
    origins = optional(set(string), [])
    jwt = optional(object({
      issuer     = string
      audience   = set(string)
      scopes     = optional(set(string), [])
      user_claim = optional(string, "sub")
    }))
    throttling = optional(object({
      rate           = optional(number, 100)
      burst          = optional(number, 200)
      visitors_rate  = optional(number, 10)
      visitors_burst = optional(number, 50)
    }), {})
    tokens = optional(object({
      days       = optional(number, 30)
      generation = optional(number, 1)
    }), {})
  })
  default = {}

  validation {
    condition     = alltrue([for origin in var.settings.origins : can(regex("^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?)$", origin))])
    error_message = "settings.origins must be origins such as https://www.example.org: scheme, host and perhaps a port, without a path and without a slash at the end. Name each one; there is no wildcard."
  }

  validation {
    condition     = try(startswith(var.settings.jwt.issuer, "https://") && length(var.settings.jwt.audience) > 0 && var.settings.jwt.user_claim != "", var.settings.jwt == null)
    error_message = "settings.jwt must have an issuer that begins with https:// and equals the claim iss of the tokens, at least one audience, and a user_claim."
  }

  validation {
    condition     = alltrue([for value in values(var.settings.throttling) : value > 0]) && alltrue([for burst in [var.settings.throttling.burst, var.settings.throttling.visitors_burst] : floor(burst) == burst])
    error_message = "settings.throttling: rates must be more than 0 (requests per second), and bursts whole numbers of 1 or more."
  }

  validation {
    condition     = alltrue([for value in values(var.settings.tokens) : value >= 1 && floor(value) == value]) && var.settings.tokens.days <= 365
    error_message = "settings.tokens: days must be a whole number of 1 to 365, and generation a whole number of 1 or more."
  }
}

variable "history_table" {
  description = "Name and ARN of the history table, and how many days it keeps events."
  type = object({
    name     = string
    arn      = string
    ttl_days = number
  })
}

variable "stream" {
  description = "Name and ARN of the Kinesis stream of events."
  type = object({
    name = string
    arn  = string
  })
}

variable "deletion_window_in_days" {
  description = "How many days the key of the tokens can be restored after a destroy."
  type        = number
}

variable "alarm" {
  description = "enabled: whether failed requests raise an alarm. topic_arn: ARN of the topic that the alarm is published to."
  type = object({
    enabled   = optional(bool, true)
    topic_arn = string
  })
}
