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
  description = "Size and scaling of start_batch and check_batch; see modules/lambda_function."
  type = map(object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  }))
  default = {}
}

variable "settings" {
  description = "schedule_expression and timezone: when recommendations are written. results: groups for each user."
  type = object({
    schedule_expression = optional(string, "cron(0 6 ? * MON *)")
    timezone            = optional(string, "UTC")
    results             = optional(number, 25)
  })
  default = {}

  validation {
    condition     = var.settings.results >= 1 && var.settings.results <= 500 && floor(var.settings.results) == var.settings.results
    error_message = "settings: results must be a whole number of 1 to 500."
  }

  validation {
    condition     = can(regex("^(cron|rate|at)\\(.+\\)$", var.settings.schedule_expression))
    error_message = "settings: schedule_expression must be cron(…), rate(…) or at(…), as EventBridge Scheduler takes them."
  }
}

variable "bucket" {
  description = "The bucket with the lists of users and what is recommended to them, below batch/: name and ARN."
  type = object({
    name = string
    arn  = string
  })
}

variable "history_table" {
  description = "The table of histories, whose users a batch is for: name and ARN."
  type = object({
    name = string
    arn  = string
  })
}

variable "campaign_arn" {
  description = "ARN of the campaign whose version makes the recommendations."
  type        = string
}

variable "solution_arn" {
  description = "ARN of the solution of that version."
  type        = string
}

variable "filter_arn" {
  description = "ARN of the filter of the recommendations. Null for none."
  type        = string
  default     = null
}

variable "personalize_role_arn" {
  description = "ARN of the role with which Personalize reads the list of users and writes the recommendations."
  type        = string
}

variable "alarm" {
  description = "Whether there is an alarm, and the topic that it tells."
  type = object({
    enabled   = optional(bool, true)
    topic_arn = string
  })
}
