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
  description = "Size and scaling of the functions, by package name; see modules/lambda_function."
  type = map(object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  }))
  default = {}
}

variable "models" {
  description = "Models by name, with the rules of their retraining. gate: a new version is promoted if its offline `metric` is at most the share `regression_tolerance` lower than that of the deployed version, its coverage is at least `minimum_coverage`, and, if they are set, its metric is above `threshold` and (compare_with_popularity) at least that of a Popularity-Count version that the run trains on the same data. minimum_new_interactions: for this model in place of that of settings. monthly_training_hours: budget of the model, or null for none. canary: users for whom the campaign is called after a promotion, and items that it ranks for them (a ranking model needs at least two) or to which it asks for similar ones (a model of similar items needs one)."
  type = map(object({
    recipe        = string
    training_mode = optional(string, "FULL")
    gate = optional(object({
      metric                  = optional(string, "normalized_discounted_cumulative_gain_at_5")
      threshold               = optional(number)
      minimum_coverage        = optional(number, 0)
      regression_tolerance    = optional(number, 0.5)
      compare_with_popularity = optional(bool, false)
    }), {})
    minimum_new_interactions = optional(number)
    monthly_training_hours   = optional(number)
    canary = optional(object({
      user_ids = optional(list(string), [])
      item_ids = optional(list(string), [])
    }), {})
  }))

  validation {
    condition = alltrue([for model in values(var.models) : contains([
      "coverage",
      "mean_reciprocal_rank_at_25",
      "normalized_discounted_cumulative_gain_at_5",
      "normalized_discounted_cumulative_gain_at_10",
      "normalized_discounted_cumulative_gain_at_25",
      "precision_at_5",
      "precision_at_10",
      "precision_at_25",
      "trend_prediction_accuracy",
    ], model.gate.metric)])
    error_message = "models: gate.metric must be coverage, mean_reciprocal_rank_at_25, normalized_discounted_cumulative_gain_at_N, precision_at_N, where N is 5, 10 or 25, or, for aws-trending-now, trend_prediction_accuracy."
  }

  # Popularity-Count recommends the same 25 items to everybody, so every other model covers more.
  validation {
    condition     = !anytrue([for model in values(var.models) : model.gate.compare_with_popularity && model.gate.metric == "coverage"])
    error_message = "models: gate.compare_with_popularity needs another gate.metric than coverage: every model covers more items than Popularity-Count, which recommends the same items to everybody."
  }

  validation {
    condition     = var.popularity_solution_arn != null || !anytrue([for model in values(var.models) : model.gate.compare_with_popularity])
    error_message = "models: gate.compare_with_popularity needs popularity_solution_arn."
  }

  validation {
    condition = alltrue(flatten([for model in values(var.models) : [
      for value in [model.gate.minimum_coverage, model.gate.regression_tolerance] : value >= 0 && value <= 1
    ]]))
    error_message = "models: gate.minimum_coverage and gate.regression_tolerance must be 0 to 1."
  }

  validation {
    condition = alltrue([for model in values(var.models) :
      coalesce(model.minimum_new_interactions, 0) >= 0 && floor(coalesce(model.minimum_new_interactions, 0)) == coalesce(model.minimum_new_interactions, 0)
    ])
    error_message = "models: minimum_new_interactions must be a whole number of 0 (always train) or more."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : coalesce(model.monthly_training_hours, 0) >= 0])
    error_message = "models: monthly_training_hours must be 0 or more, or null for no budget."
  }

  validation {
    condition = alltrue([for model in values(var.models) :
      !strcontains(model.recipe, "ranking") || length(distinct(model.canary.item_ids)) >= 2
    ])
    error_message = "models: a ranking model must have at least two different canary.item_ids, which the canary asks the campaign to rank. (By default they are items that interactions.csv and items.csv both have; if there are none, make check-seed says what is wrong with these files.)"
  }

  validation {
    condition     = alltrue([for name, model in var.models : length(model.canary.item_ids) >= 1 if contains(["aws-similar-items", "aws-sims"], model.recipe)])
    error_message = "models: a model of similar items must have at least one of canary.item_ids, to which the canary asks for similar ones."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : length(model.canary.user_ids) <= 10 && length(model.canary.item_ids) <= 100])
    error_message = "models: canary must have at most 10 user_ids and 100 item_ids."
  }
}

variable "definition_path" {
  description = "Path of the state machine's definition in Amazon States Language, a template with a variable `<function>_arn` for each function (in this repository step_functions/retraining.asl.json)."
  type        = string

  validation {
    condition     = fileexists(var.definition_path)
    error_message = "definition_path (${var.definition_path}) must be an existing file."
  }
}

variable "solution_arns" {
  description = "ARN of the solution of each model."
  type        = map(string)
}

variable "popularity_solution_arn" {
  description = "ARN of the solution of the recipe aws-popularity-count with whose versions the gate compares, in the dataset group of the models. Null: no model is compared."
  type        = string
  default     = null
}

variable "campaign_arns" {
  description = "ARN of the campaign of each model."
  type        = map(string)
}

variable "put_events_function_name" {
  description = "Name of the deployed function put_events. Its metric EventsAccepted counts the new interactions."
  type        = string
}

variable "fallback" {
  description = "Bucket and key where a promotion stores the popular list, with which recommend answers in an outage, and the campaign whose recommendations the list has."
  type = object({
    bucket       = string
    bucket_arn   = string
    key          = string
    campaign_arn = string
  })
}

variable "topic_arn" {
  description = "ARN of the topic that the outcomes are published to."
  type        = string
}

variable "ledger_prefix" {
  description = "SSM path of the ledgers, for example `/animal-recommender/dev/models`. The ledger of a model is the parameter `<ledger_prefix>/<model>/ledger`."
  type        = string

  validation {
    condition     = can(regex("^/[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+)*$", var.ledger_prefix))
    error_message = "ledger_prefix must be an SSM path that begins with a slash and does not end with one, for example /animal-recommender/dev/models."
  }
}

variable "settings" {
  description = "When runs start, and how they wait. enabled: whether the schedule starts runs. minimum_new_interactions: how many there must be since the last training of a model. pause_after_rejections: after how many rejections in a row scheduled runs no longer train a model, until a run that is started by hand promotes a version; 0 means never. *_poll_seconds: pause between two polls. *_timeout_seconds: when a training is stopped, or a campaign update is given up."
  type = object({
    enabled                  = optional(bool, true)
    schedule_expression      = optional(string, "cron(0 3 * * ? *)")
    timezone                 = optional(string, "UTC")
    minimum_new_interactions = optional(number, 1000)
    pause_after_rejections   = optional(number, 3)
    training_poll_seconds    = optional(number, 420)
    training_timeout_seconds = optional(number, 86400)
    campaign_poll_seconds    = optional(number, 120)
    campaign_timeout_seconds = optional(number, 7200)
  })
  default = {}

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.settings.schedule_expression))
    error_message = "settings.schedule_expression must be a cron(...) or rate(...) expression of EventBridge Scheduler."
  }

  validation {
    condition     = var.settings.minimum_new_interactions >= 0 && floor(var.settings.minimum_new_interactions) == var.settings.minimum_new_interactions
    error_message = "settings.minimum_new_interactions must be a whole number of 0 (always train) or more."
  }

  validation {
    condition     = contains(range(0, 11), var.settings.pause_after_rejections)
    error_message = "settings.pause_after_rejections must be a whole number of 1 to 10, or 0 for no pause."
  }

  validation {
    condition = alltrue([for seconds in [
      var.settings.training_poll_seconds, var.settings.training_timeout_seconds,
      var.settings.campaign_poll_seconds, var.settings.campaign_timeout_seconds,
    ] : seconds >= 1 && floor(seconds) == seconds])
    error_message = "settings: *_poll_seconds and *_timeout_seconds must be whole numbers of 1 or more."
  }

  validation {
    condition     = var.settings.training_timeout_seconds <= 259200 && var.settings.campaign_timeout_seconds <= 86400
    error_message = "settings: training_timeout_seconds must be at most 259200 (3 days), and campaign_timeout_seconds at most 86400 (1 day); the state machine itself times out after 7 days."
  }

  # One poll adds about 12 events to the history of an execution, which ends at 25,000 events.
  validation {
    condition = 12 * length(var.models) * (
      var.settings.training_timeout_seconds / var.settings.training_poll_seconds +
      2 * var.settings.campaign_timeout_seconds / var.settings.campaign_poll_seconds
    ) < 20000
    error_message = "settings: so many polls would exceed the 25,000 events of an execution. Raise *_poll_seconds or lower *_timeout_seconds."
  }
}
