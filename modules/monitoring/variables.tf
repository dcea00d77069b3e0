variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender."
  type        = string
}

variable "environment" {
  description = "Name of the environment, for the commands in the mails: ENV of the make tasks."
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

variable "event_tracker" {
  description = "Event tracker that put_events sends to: its ARN, and the ARNs of its dataset group and of the interactions dataset."
  type = object({
    arn               = string
    dataset_arn       = string
    dataset_group_arn = string
  })
}

variable "campaigns" {
  description = "Campaign of each model: its ARN, whether its recipe is a ranking recipe, whether Personalize updates the newest version of the recipe with new items, and its provisioned capacity (transactions per second)."
  type = map(object({
    arn                     = string
    ranks                   = bool
    automatic_updates       = optional(bool, false)
    minimum_provisioned_tps = number
  }))
}

variable "state_machine_arn" {
  description = "ARN of the retraining state machine."
  type        = string
}

variable "rule_names" {
  description = "Name of each EventBridge rule, by the noun that its alarm begins with."
  type        = map(string)
}

variable "retraining_enabled" {
  description = "Whether a schedule starts the retraining, so that a missing run raises an alarm."
  type        = bool
}

variable "feed_expected_hours" {
  description = "An alarm goes off if no feed of pets was imported for so many hours. Null: no feed is expected."
  type        = number
  default     = null

  validation {
    condition     = var.feed_expected_hours == null || try(var.feed_expected_hours >= 1 && var.feed_expected_hours <= 168 && floor(var.feed_expected_hours) == var.feed_expected_hours, false)
    error_message = "feed_expected_hours must be null or a whole number of 1 to 168 (hours; CloudWatch evaluates at most a week)."
  }
}

variable "alarms" {
  description = "Thresholds of the alarms. iterator_age_seconds: age of the oldest event that a consumer has not read. late_seconds: how late raw events are, in addition to the buffering of Firehose. degraded_answers: number in 5 minutes. campaign_latency_ms: 99th percentile. campaign_use_percent: share of the provisioned capacity. personalize_errors: requests in 5 minutes that Personalize refused, or failed to answer. idle_campaign_days: days without a request. positions_unfilled: pets missing in answers, in 5 minutes. catalogue_age_seconds: age of the newest published catalogue. retraining_days: days without a successful run. not_newest_days: days for which a campaign may serve a version that is not the newest of its solution. enabled = false creates no alarm."
  type = object({
    enabled               = optional(bool, true)
    iterator_age_seconds  = optional(number, 300)
    late_seconds          = optional(number, 900)
    degraded_answers      = optional(number, 10)
    campaign_latency_ms   = optional(number, 500)
    campaign_use_percent  = optional(number, 80)
    personalize_errors    = optional(number, 10)
    idle_campaign_days    = optional(number, 7)
    retraining_days       = optional(number, 2)
    positions_unfilled    = optional(number, 100)
    catalogue_age_seconds = optional(number, 600)
    not_newest_days       = optional(number, 7)
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
    condition     = alltrue([for limit in [var.alarms.iterator_age_seconds, var.alarms.late_seconds, var.alarms.degraded_answers, var.alarms.campaign_latency_ms, var.alarms.campaign_use_percent, var.alarms.personalize_errors, var.alarms.not_newest_days, var.alarms.positions_unfilled, var.alarms.catalogue_age_seconds] : limit >= 0])
    error_message = "alarms: iterator_age_seconds, late_seconds, degraded_answers, campaign_latency_ms, campaign_use_percent, personalize_errors, not_newest_days, positions_unfilled and catalogue_age_seconds must be 0 or more."
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
