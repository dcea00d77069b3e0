variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender."
  type        = string
}

variable "alias_arns" {
  description = "ARN of the alias of each function, by function name: recommend, get_history and, if they exist, rerank, similar, trending and put_pets. Other functions get no route."
  type        = map(string)

  validation {
    condition     = alltrue([for name in ["recommend", "get_history"] : contains(keys(var.alias_arns), name)])
    error_message = "alias_arns must have the entries recommend and get_history; the others are optional."
  }
}

variable "settings" {
  description = "Who may call, and how often. jwt: callers need a token of this issuer for one of these audiences, with one of these scopes if scopes are given; the routes that put, change and remove pets need a token with one of pets_scopes, and do not exist without pets_scopes. null: callers sign with IAM credentials. throttling: requests per second of all callers together (rate), and how many can arrive at once (burst)."
  type = object({
    jwt = optional(object({
      issuer      = string
      audience    = set(string)
      scopes      = optional(set(string), [])
      pets_scopes = optional(set(string), [])
    }))
    throttling = optional(object({
      rate  = optional(number, 50)
      burst = optional(number, 100)
    }), {})
  })
  default = {}

  validation {
    condition     = try(startswith(var.settings.jwt.issuer, "https://") && length(var.settings.jwt.audience) > 0, var.settings.jwt == null)
    error_message = "settings.jwt must have an issuer that begins with https:// and equals the claim iss of the tokens, and at least one audience."
  }

  validation {
    condition     = var.settings.throttling.rate > 0 && var.settings.throttling.burst >= 1 && floor(var.settings.throttling.burst) == var.settings.throttling.burst
    error_message = "settings.throttling.rate must be more than 0 (requests per second), and settings.throttling.burst a whole number of 1 or more."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the access log."
  type        = string
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps the access log."
  type        = number
}

variable "alarm" {
  description = "enabled: whether failed requests raise an alarm. topic_arn: ARN of the topic that the alarm is published to."
  type = object({
    enabled   = optional(bool, true)
    topic_arn = string
  })
}
