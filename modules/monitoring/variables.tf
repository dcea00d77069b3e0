variable "prefix" {
  description = "What every name begins with."
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

variable "topic_arn" {
  description = "ARN of the topic that alarms and budget warnings are published to."
  type        = string
}

variable "function_names" {
  description = "Deployed name of each function, by package name."
  type        = map(string)
}

variable "stream_name" {
  description = "Name of the Kinesis stream of events."
  type        = string
}

variable "dead_letter_queue_names" {
  description = "Name of the dead-letter queue of each function that reads the stream."
  type        = map(string)
}

variable "firehose_name" {
  description = "Name of the Firehose delivery stream."
  type        = string
}

variable "firehose_buffering_seconds" {
  description = "Seconds that Firehose may hold events back: data are late only beyond them."
  type        = number
}

variable "campaigns" {
  description = "Campaign of each model: ARN, whether its recipe ranks, and the capacity that is paid for."
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
  description = "Whether a schedule starts the retraining, so that its absence means trouble."
  type        = bool
}

variable "alarms" {
  description = "When to alarm: age of the oldest event that a consumer has not read (seconds), lateness of raw events beyond Firehose's own buffering (seconds), degraded answers in 5 minutes, campaign latency at p99 (milliseconds), use of the provisioned capacity (percent), days without a request or a retraining. enabled = false makes no alarm."
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
    error_message = "alarms.idle_campaign_days must be 1 to 7 whole days (CloudWatch looks back a week at most)."
  }

  validation {
    condition     = var.alarms.retraining_days >= 1 && var.alarms.retraining_days <= 7 && floor(var.alarms.retraining_days) == var.alarms.retraining_days
    error_message = "alarms.retraining_days must be 1 to 7 whole days (CloudWatch looks back a week at most)."
  }

  validation {
    condition     = alltrue([for limit in [var.alarms.iterator_age_seconds, var.alarms.late_seconds, var.alarms.degraded_answers, var.alarms.campaign_latency_ms, var.alarms.campaign_use_percent] : limit >= 0])
    error_message = "alarms: a limit must not be negative."
  }
}

variable "budget" {
  description = "US dollars a month that Amazon Personalize may cost in this account; warned at 80 percent and when the forecast exceeds it. Null: no budget. (Personalize, because it is most of the bill, and by service, because its resources carry no tags.)"
  type = object({
    monthly_usd = number
  })
  default = null

  validation {
    condition     = var.budget == null || try(var.budget.monthly_usd > 0, false)
    error_message = "budget.monthly_usd must be more than 0, or budget null."
  }
}
