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

variable "topic_arn" {
  description = "ARN of the topic that alarms and budget warnings are published to."
  type        = string
}

variable "function_names" {
  description = "Name of each deployed function, by package name."
  type        = map(string)
}

variable "stream_name" {
  description = "Name of the Kinesis stream of events."
  type        = string
}

variable "dead_letter_queue_names" {
  description = "Name of the dead-letter queue of each function that reads the stream, by package name."
  type        = map(string)
}

variable "firehose_name" {
  description = "Name of the Firehose delivery stream."
  type        = string
}

variable "firehose_buffering_seconds" {
  description = "How many seconds Firehose buffers events. Data is late only after that."
  type        = number
}

variable "campaigns" {
  description = "Campaign of each model: its ARN, whether its recipe is a ranking recipe, and its provisioned capacity (transactions per second)."
  type = map(object({
    arn                     = string
    ranks                   = bool
    minimum_provisioned_tps = number
  }))
}

variable "state_machine_arn" {
  description = "ARN of the retraining state machine."
  type        = string
}

variable "retraining_enabled" {
  description = "Whether a schedule starts the retraining, so that a missing run raises an alarm."
  type        = bool
}

variable "alarms" {
  description = "Thresholds of the alarms. iterator_age_seconds: age of the oldest event that a consumer has not read. late_seconds: how late raw events are, in addition to the buffering of Firehose. degraded_answers: number in 5 minutes. campaign_latency_ms: 99th percentile. campaign_use_percent: share of the provisioned capacity. idle_campaign_days: days without a request. retraining_days: days without a successful run. enabled = false creates no alarm."
  type = object({
    enabled              = optional(bool, true)
    iterator_age_seconds = optional(number, 300)
    late_seconds         = optional(number, 900)
    degraded_answers     = optional(number, 10)
    campaign_latency_ms  = optional(number, 500)
    campaign_use_percent = optional(number, 80)
    idle_campaign_days   = optional(number, 7)
    retraining_days      = optional(number, 2)
  })
  default = {}

  validation {
    condition     = var.alarms.idle_campaign_days >= 1 && var.alarms.idle_campaign_days <= 7 && floor(var.alarms.idle_campaign_days) == var.alarms.idle_campaign_days
    error_message = "alarms.idle_campaign_days must be a whole number of 1 to 7 (days; CloudWatch evaluates at most a week)."
  }

  validation {
    condition     = var.alarms.retraining_days >= 1 && var.alarms.retraining_days <= 7 && floor(var.alarms.retraining_days) == var.alarms.retraining_days
    error_message = "alarms.retraining_days must be a whole number of 1 to 7 (days; CloudWatch evaluates at most a week)."
  }

  validation {
    condition     = alltrue([for limit in [var.alarms.iterator_age_seconds, var.alarms.late_seconds, var.alarms.degraded_answers, var.alarms.campaign_latency_ms, var.alarms.campaign_use_percent] : limit >= 0])
    error_message = "alarms: iterator_age_seconds, late_seconds, degraded_answers, campaign_latency_ms and campaign_use_percent must be 0 or more."
  }
}

variable "budget" {
  description = "Budget for Amazon Personalize in this account, in US dollars per month. E-mails warn at 80 percent, and when the forecast exceeds the budget. Null means no budget. (Amazon Personalize is most of the bill. Its resources have no tags, so the budget covers the whole service.)"
  type = object({
    monthly_usd = number
  })
  default = null

  validation {
    condition     = var.budget == null || try(var.budget.monthly_usd > 0, false)
    error_message = "budget.monthly_usd must be more than 0. Use budget = null for no budget."
  }
}
