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
  description = "ARN of the key that encrypts the datasets."
  type        = string
}

variable "role_propagation_seconds" {
  description = "How old the role of Personalize must be, in seconds, before it is used: IAM needs some time until a new role is known everywhere."
  type        = number
  default     = 20

  validation {
    condition     = var.role_propagation_seconds >= 0 && var.role_propagation_seconds <= 600
    error_message = "role_propagation_seconds must be 0 to 600 (seconds)."
  }
}

variable "seed" {
  description = "First data. bucket: where it is uploaded to. directory: folder with interactions.csv and items.csv. schemas: path of the schema of `interactions` and of `items`; by default they are in the folder's schemas/. rebase: whether all times are moved so that the newest event is now. popular_key: key in the bucket of the popular list, which is computed from this data for the time before the first promotion."
  type = object({
    bucket      = string
    bucket_arn  = string
    directory   = string
    schemas     = optional(map(string), {})
    rebase      = bool
    popular_key = string
  })

  validation {
    condition     = alltrue([for path in values(var.seed.schemas) : can(jsondecode(file(path)).fields)])
    error_message = "seed: ${join(" and ", [for path in values(var.seed.schemas) : path if !can(jsondecode(file(path)).fields)])} must be a schema in JSON, with a list of fields; make check-seed says what is wrong."
  }

  validation {
    condition     = alltrue([for file in ["items.csv", "interactions.csv"] : can(file("${var.seed.directory}/${file}"))])
    error_message = "seed: ${join(" and ", [for file in ["items.csv", "interactions.csv"] : file if !can(file("${var.seed.directory}/${file}"))])} in ${var.seed.directory} cannot be read as text in UTF-8; make check-seed says what is wrong."
  }
}

variable "models" {
  description = "Models by name: recipe and hyperparameters of the solution, capacity (transactions per second) and exploration of the campaign. events: the types of events that a model of a v2 recipe learns from, with the weight of each (0 to 1, only their ratio matters), and the value below which an event does not count; empty means all types, weighted alike."
  type = map(object({
    recipe          = string
    hyperparameters = optional(map(string), {})
    events = optional(map(object({
      weight          = optional(number)
      value_threshold = optional(number)
    })), {})
    training_mode                = optional(string, "FULL")
    minimum_provisioned_tps      = optional(number, 1)
    exploration_weight           = optional(number)
    exploration_item_age_cut_off = optional(number)
  }))

  validation {
    condition     = alltrue([for name in keys(var.models) : can(regex("^[a-z][a-z0-9-]{0,15}$", name))])
    error_message = "models: a name must be 1 to 16 lower-case letters, digits and hyphens, and begin with a letter."
  }

  validation {
    condition     = !contains(keys(var.models), "popularity")
    error_message = "models: no model may be named popularity, because that is the name of the solution of popularity_baseline."
  }

  validation {
    condition     = length(var.models) >= 1 && length(var.models) <= 5
    error_message = "models must have 1 to 5 entries (Amazon Personalize allows 5 campaigns in a dataset group)."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : contains(keys(local.recipes), model.recipe)])
    error_message = "models: recipe must be one of ${join(", ", keys(local.recipes))}."
  }

  validation {
    condition = alltrue([for model in values(var.models) :
      model.exploration_weight == null && model.exploration_item_age_cut_off == null || model.recipe == "aws-user-personalization"
    ])
    error_message = "models: exploration_weight and exploration_item_age_cut_off need the recipe aws-user-personalization; the v2 and ranking recipes have no exploration."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : coalesce(model.exploration_weight, 0) >= 0 && coalesce(model.exploration_weight, 0) <= 1])
    error_message = "models: exploration_weight must be 0 (no exploration) to 1."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : coalesce(model.exploration_item_age_cut_off, 1) >= 1])
    error_message = "models: exploration_item_age_cut_off must be 1 or more (days before the newest interaction)."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : model.minimum_provisioned_tps >= 1 && model.minimum_provisioned_tps <= 500])
    error_message = "models: minimum_provisioned_tps must be 1 to 500; every unit is billed every hour."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : contains(["FULL", "UPDATE"], model.training_mode)])
    error_message = "models: training_mode must be FULL or UPDATE."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : model.training_mode == "FULL" || model.recipe == "aws-user-personalization"])
    error_message = "models: training_mode UPDATE works with the recipe aws-user-personalization only."
  }

  validation {
    condition = alltrue([for model in values(var.models) : length(setsubtract(
      keys(model.hyperparameters), try(local.recipes[model.recipe].hyperparameters, keys(model.hyperparameters)),
    )) == 0])
    error_message = "models: the hyperparameters of a recipe are: ${join("; ", [for recipe, it in local.recipes : "${recipe}: ${join(", ", it.hyperparameters)}" if length(it.hyperparameters) > 0])}."
  }

  validation {
    condition = alltrue(flatten([for model in values(var.models) : [for name, value in model.hyperparameters :
      name == "hidden_dimension" ? contains(range(32, 257), try(tonumber(value), 0)) :
      name == "bptt" ? contains(range(2, 33), try(tonumber(value), 0)) :
      name == "min_cointeraction_count" ? contains(range(0, 11), try(tonumber(value), -1)) :
      name == "popularity_discount_factor" ? try(tonumber(value) >= 0 && tonumber(value) <= 1, false) :
      contains(["true", "false"], value)
    ]]))
    error_message = "models: hidden_dimension must be 32 to 256, bptt 2 to 32, min_cointeraction_count 0 to 10, popularity_discount_factor 0 to 1, recency_mask and apply_recency_bias true or false."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : length(model.events) == 0 || endswith(model.recipe, "-v2")])
    error_message = "models: events need the recipe aws-user-personalization-v2 or aws-personalized-ranking-v2."
  }

  validation {
    condition = alltrue(flatten([for model in values(var.models) : [for event in values(model.events) :
      coalesce(event.weight, 1) >= 0 && coalesce(event.weight, 1) <= 1
    ]]))
    error_message = "models: the weight of an event must be 0 to 1."
  }

  validation {
    condition = alltrue([for model in values(var.models) :
      length(model.events) == 0 || anytrue([for event in values(model.events) : try(event.weight > 0, true)])
    ])
    error_message = "models: at least one of a model's events must have a weight above 0."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : length(model.events) <= 10])
    error_message = "models: events must have at most 10 types (a limit of Amazon Personalize)."
  }

  validation {
    condition = contains(local.schemas["interactions"].fields[*].name, "EVENT_VALUE") || alltrue(flatten([
      for model in values(var.models) : [for event in values(model.events) : event.value_threshold == null]
    ]))
    error_message = "models: value_threshold needs the column EVENT_VALUE in the schema of the interactions."
  }
}

variable "writes_batches" {
  description = "Whether Personalize may write recommendations below batch/ of the seed bucket."
  type        = bool
  default     = false
}

variable "popularity_baseline" {
  description = "Whether there is a solution of the recipe aws-popularity-count, with whose versions the gate of the retraining compares. The retraining trains it; it has no campaign."
  type        = bool
  default     = false
}

variable "filters" {
  description = "Filter expressions of Amazon Personalize by name. A request names a filter and gives values for its placeholders."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.filters) <= 10
    error_message = "filters must have at most 10 entries (a quota of the dataset group)."
  }

  validation {
    condition     = alltrue([for name in keys(var.filters) : can(regex("^[a-z][a-z0-9-]{0,23}$", name))])
    error_message = "filters: a name must be 1 to 24 lower-case letters, digits and hyphens, and begin with a letter."
  }

  validation {
    condition     = alltrue([for expression in values(var.filters) : can(regex("^(INCLUDE|EXCLUDE) ItemID WHERE ", expression)) && length(expression) <= 2500])
    error_message = "filters: an expression must begin with `INCLUDE ItemID WHERE` or `EXCLUDE ItemID WHERE`, and have at most 2,500 characters."
  }
}

variable "ledger_path" {
  description = "SSM path of the ledgers. The ledger of a model is the parameter `<path>/<model>/ledger`: which version serves, and how the last training was evaluated."
  type        = string
}

variable "python" {
  description = "Program that runs the scripts: the name or the path of Python 3.11 or later with boto3 and rich."
  type        = string
  default     = "python3"

  validation {
    condition     = can(regex("^[^\"$`]+$", var.python))
    error_message = "python must be the name or the path of a program, for example python3 or /usr/bin/python3.13. It is not given to a shell, so shell expressions such as $(command -v python3) are not evaluated."
  }
}

variable "python_path" {
  description = "Folders in which Python finds the packages `scripts` and `animal_recommender`: the root of this repository and its folder functions/."
  type        = list(string)

  validation {
    condition     = length(var.python_path) > 0 && !anytrue([for folder in var.python_path : strcontains(folder, ":")])
    error_message = "python_path must name at least one folder, and no folder whose name contains a colon, which separates the folders in PYTHONPATH."
  }
}
