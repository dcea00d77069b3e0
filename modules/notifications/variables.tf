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

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the messages at rest; its policy must let budgets, cloudwatch and events use it."
  type        = string
}

variable "emails" {
  description = "Mail addresses that get every message of the topic; each must confirm its subscription once."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "emails must be mail addresses, such as team@example.org."
  }
}
