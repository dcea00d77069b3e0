variable "prefix" {
  description = "What every name begins with."
  type        = string
}

variable "alias_arns" {
  description = "Function -> ARN of its alias: recommend, get_history and, if there is one, rerank. Others have no route."
  type        = map(string)

  validation {
    condition     = alltrue([for name in ["recommend", "get_history"] : contains(keys(var.alias_arns), name)])
    error_message = "alias_arns must have entries recommend and get_history; rerank is optional."
  }
}

variable "settings" {
  description = "Who is let in, and how often. jwt: tokens of this issuer for one of these audiences, with one of these scopes if any are named; null: AWS signatures (IAM). throttling: requests a second of all callers together, and how many may come at once."
  type = object({
    jwt = optional(object({
      issuer   = string
      audience = set(string)
      scopes   = optional(set(string), [])
    }))
    throttling = optional(object({
      rate  = optional(number, 50)
      burst = optional(number, 100)
    }), {})
  })
  default = {}

  validation {
    condition     = try(startswith(var.settings.jwt.issuer, "https://") && length(var.settings.jwt.audience) > 0, var.settings.jwt == null)
    error_message = "settings.jwt needs an issuer, as in the tokens' claim iss, beginning with https://, and at least one audience."
  }

  validation {
    condition     = var.settings.throttling.rate > 0 && var.settings.throttling.burst >= 1 && floor(var.settings.throttling.burst) == var.settings.throttling.burst
    error_message = "settings.throttling: rate must be more than 0 (requests a second), burst a whole number of at least 1."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the access log."
  type        = string
}

variable "log_retention_days" {
  description = "Days that access logs are kept."
  type        = number
}

variable "alarm" {
  description = "Whether failed requests raise an alarm, and ARN of the topic that it is published to."
  type = object({
    enabled   = optional(bool, true)
    topic_arn = string
  })
}
