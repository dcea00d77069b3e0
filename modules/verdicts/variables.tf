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

variable "settings" {
  description = "Size and scaling of judge_experiments; see modules/lambda_function."
  type = object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  })
  default = {}
}

variable "parameters" {
  description = "The SSM parameters with the definitions of the experiments and with changed shares: names and ARNs."
  type = object({
    definitions     = string
    definitions_arn = string
    shares          = string
    shares_arn      = string
  })
}

variable "analytics" {
  description = "Where the queries run: Athena workgroup, Glue database, and the id of each named query."
  type = object({
    workgroup_name = string
    database_name  = string
    query_ids      = map(string)
  })
}

variable "raw_bucket" {
  description = "The bucket with raw events and exposures, which also gets verdicts and ledgers below experiments/: name and ARN."
  type = object({
    name = string
    arn  = string
  })
}

variable "function_names" {
  description = "Names of the functions that show lists, by package name: their metrics are watched."
  type        = map(string)
}

variable "topic_arn" {
  description = "ARN of the topic that gets the mails."
  type        = string
}

variable "schedule" {
  description = "When experiments are judged, and whether a mail is sent each time (daily_mail) or only if something is new."
  type = object({
    expression = optional(string, "cron(30 6 * * ? *)")
    timezone   = optional(string, "UTC")
    daily_mail = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.schedule.expression))
    error_message = "schedule: expression must be cron(…) or rate(…), as EventBridge Scheduler takes them."
  }
}

variable "alarm" {
  description = "Whether there is an alarm if nothing is judged."
  type        = object({ enabled = optional(bool, true) })
  default     = {}
}
