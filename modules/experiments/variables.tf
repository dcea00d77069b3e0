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

variable "parameter_path" {
  description = "Path of the SSM parameters, for example /animal-recommender/dev."
  type        = string
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts exposures."
  type        = string
}

variable "log_retention_days" {
  description = "How many days the errors of Firehose are kept."
  type        = number
}

variable "raw_bucket_arn" {
  description = "ARN of the bucket with the raw events, which gets the exposures below exposures/."
  type        = string
}

variable "function_names" {
  description = "Names of the functions with experiments, by package name."
  type        = map(string)
}

variable "firehose" {
  description = "Exposures are written to S3 after so many seconds or so many MiB, whichever comes first."
  type = object({
    buffering_seconds = optional(number, 300)
    buffering_mib     = optional(number, 5)
  })
  default = {}
}

variable "alarm" {
  description = "Whether there are alarms, the topic that they tell, how many exposures may be lost in five minutes, and how late Firehose may be in addition to its buffer."
  type = object({
    enabled        = optional(bool, true)
    topic_arn      = string
    lost_exposures = optional(number, 10)
    late_seconds   = optional(number, 900)
  })
}

variable "experiments" {
  description = "Experiments by name. function: recommend, rerank, similar or trending. arms: each with its share of the visitors, and what it shows: a model, or popular, newest, longest_waiting, hold_out. control: the arm with which the others are compared (default: the first by name). traffic: the part of all visitors that takes part. species and shelters: only requests for these. primary_outcome and secondary_outcomes: event types. start_date and end_date: first and last day (UTC). hoped_for_lift: the relative effect that one hopes for. act: whether shares may be changed without a person. Terraform ignores a field with another name."
  type = map(object({
    function = optional(string, "recommend")
    arms = map(object({
      share = number
      shows = string
    }))
    control            = optional(string)
    traffic            = optional(number, 1)
    species            = optional(set(string), [])
    shelters           = optional(set(string), [])
    primary_outcome    = optional(string, "Application")
    secondary_outcomes = optional(list(string), [])
    start_date         = optional(string)
    end_date           = string
    hoped_for_lift     = optional(number, 0.1)
    act                = optional(bool, false)
  }))

  validation {
    condition     = alltrue([for name in flatten([keys(var.experiments), [for it in values(var.experiments) : keys(it.arms)]]) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", name))])
    error_message = "experiments: names of experiments and arms must be 1 to 64 letters, digits, hyphens or underscores."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : contains(["recommend", "rerank", "similar", "trending"], it.function)])
    error_message = "experiments: function must be recommend, rerank, similar or trending."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : length(it.arms) >= 2 && (it.control == null || contains(keys(it.arms), coalesce(it.control, "-")))])
    error_message = "experiments: each needs at least two arms, and control must be one of them."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : abs(sum(concat([0], values(it.arms)[*].share)) - 1) <= 0.01 && alltrue([for arm in values(it.arms) : arm.share >= 0])])
    error_message = "experiments: the shares of the arms of each experiment must be 0 or more, and together 1."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(it.traffic <= 0 || it.traffic > 1)])
    error_message = "experiments: traffic of ${join(", ", [for name, it in var.experiments : name if it.traffic <= 0 || it.traffic > 1])} must be above 0, and at most 1."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(it.hoped_for_lift <= 0 || it.hoped_for_lift > 5)])
    error_message = "experiments: hoped_for_lift of ${join(", ", [for name, it in var.experiments : name if it.hoped_for_lift <= 0 || it.hoped_for_lift > 5])} must be above 0, and at most 5. It is a fraction: 0.1 is 10% more."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(try(it.arms[coalesce(it.control, sort(keys(it.arms))[0])].share, 1) == 0)])
    error_message = "experiments: the share of the control of ${join(", ", [for name, it in var.experiments : name if try(it.arms[coalesce(it.control, sort(keys(it.arms))[0])].share, 1) == 0])} must be above 0, or there is nothing to compare with."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(anytrue([for id in it.species : !can(regex("^[1-9][0-9]*$", id))]))])
    error_message = "experiments: species of ${join(", ", [for name, it in var.experiments : name if anytrue([for id in it.species : !can(regex("^[1-9][0-9]*$", id))])])} must be the numbers of species, such as \"1\"."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(contains(it.secondary_outcomes, it.primary_outcome))])
    error_message = "experiments: secondary_outcomes of ${join(", ", [for name, it in var.experiments : name if contains(it.secondary_outcomes, it.primary_outcome)])} have the primary_outcome, too."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(!can(formatdate("YYYY", "${it.end_date}T00:00:00Z")))])
    error_message = "experiments: end_date of ${join(", ", [for name, it in var.experiments : name if !can(formatdate("YYYY", "${it.end_date}T00:00:00Z"))])} must be a day such as 2027-01-31."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(it.start_date != null && !can(formatdate("YYYY", "${it.start_date}T00:00:00Z")))])
    error_message = "experiments: start_date of ${join(", ", [for name, it in var.experiments : name if it.start_date != null && !can(formatdate("YYYY", "${it.start_date}T00:00:00Z"))])} must be a day such as 2027-01-31."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : !(try(timecmp("${it.start_date}T00:00:00Z", "${it.end_date}T00:00:00Z") > 0, false))])
    error_message = "experiments: end_date of ${join(", ", [for name, it in var.experiments : name if try(timecmp("${it.start_date}T00:00:00Z", "${it.end_date}T00:00:00Z") > 0, false)])} is before start_date."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : it.function != "rerank" || !anytrue([for arm in values(it.arms) : contains(["popular", "newest", "longest_waiting"], arm.shows)])])
    error_message = "experiments: an arm of rerank can show a model or hold_out, which is the order of the request."
  }
}
