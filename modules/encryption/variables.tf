variable "name" {
  description = "Alias of the key without `alias/`. It is the prefix of the environment."
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

variable "personalize" {
  description = "Who uses the key for Amazon Personalize: role_arn, the role that Personalize assumes, and the service itself. check_source_account: whether the service must send aws:SourceAccount with the id of this account."
  type = object({
    role_arn             = string
    check_source_account = bool
  })
}

variable "deletion_window_in_days" {
  description = "Days between `terraform destroy` and the final deletion of the key, with which every backup that it encrypts is lost."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_in_days >= 7 && var.deletion_window_in_days <= 30
    error_message = "deletion_window_in_days must be 7 to 30 (days)."
  }
}
