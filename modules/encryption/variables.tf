variable "name" {
  description = "Alias of the key, without `alias/`: the environment's prefix."
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

variable "deletion_window_in_days" {
  description = "Days between `terraform destroy` and the loss of the key, and with it of every backup that it encrypts."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_in_days >= 7 && var.deletion_window_in_days <= 30
    error_message = "deletion_window_in_days must be 7 to 30."
  }
}
