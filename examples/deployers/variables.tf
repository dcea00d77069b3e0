variable "environment" {
  description = "Name of the deployment that the roles plan, apply and destroy."
  type        = string
  default     = "dev"
}

variable "region" {
  description = "AWS region of the deployment."
  type        = string
  default     = "us-east-1"
}

variable "prefix" {
  description = "Prefix of the names of the deployment's resources. Null: <environment>-animal-recommender. Needed if that has more than 37 characters, because then the root module shortens it."
  type        = string
  default     = null

  validation {
    condition     = length(coalesce(var.prefix, "${var.environment}-animal-recommender")) <= 37
    error_message = "prefix must be the shortened prefix of the root module (terraform console: local.prefix), because environment is long."
  }
}

variable "trust_policies" {
  description = "Trust policy (JSON) of the roles plan, apply and destroy: who may assume each. pipelines/README.md has them for three hosts. A role without one can be assumed by everybody in the account whose own policy allows it."
  type        = map(string)
  default     = {}
}

variable "state" {
  description = "The bucket of the remote state, the beginning of its keys, and its KMS key (null: none of your own), as in terraform/backend.tf. Null: a local file."
  type = object({
    bucket      = string
    key_prefix  = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "visitor_key_arn" {
  description = "ARN of the key of visitors' tokens, after the first apply with browser_api (output visitor_key_arn)."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of the environment's key, after the first apply (output kms_key_arn). Null: every key of the account whose policy admits the account."
  type        = string
  default     = null
}
