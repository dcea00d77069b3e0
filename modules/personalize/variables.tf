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

variable "seed" {
  description = "First data. bucket: where it is uploaded to. directory: folder with interactions.csv, items.csv and schemas/. rebase: whether all times are moved so that the newest event is now. popular_key: key in the bucket of the popular list, which is computed from this data for the time before the first promotion."
  type = object({
    bucket      = string
    bucket_arn  = string
    directory   = string
    rebase      = bool
    popular_key = string
  })
}

variable "models" {
  description = "Models by name: recipe and hyperparameters of the solution, capacity (transactions per second) and exploration of the campaign."
  type = map(object({
    recipe                       = string
    hyperparameters              = optional(map(string), {})
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
    condition     = length(var.models) >= 1 && length(var.models) <= 5
    error_message = "models must have 1 to 5 entries (Amazon Personalize allows 5 campaigns in a dataset group)."
  }

  validation {
    condition = alltrue([for model in values(var.models) : contains(
      ["aws-user-personalization", "aws-user-personalization-v2", "aws-personalized-ranking", "aws-personalized-ranking-v2"],
      model.recipe,
    )])
    error_message = "models: recipe must be aws-user-personalization, aws-user-personalization-v2, aws-personalized-ranking or aws-personalized-ranking-v2."
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
      keys(model.hyperparameters),
      endswith(model.recipe, "-v2") ? ["apply_recency_bias"] : ["bptt", "hidden_dimension", "recency_mask"],
    )) == 0])
    error_message = "models: hyperparameters of v1 recipes are hidden_dimension, bptt and recency_mask; v2 recipes have apply_recency_bias only."
  }

  validation {
    condition = alltrue(flatten([for model in values(var.models) : [for name, value in model.hyperparameters :
      name == "hidden_dimension" ? contains(range(32, 257), try(tonumber(value), 0)) :
      name == "bptt" ? contains(range(2, 33), try(tonumber(value), 0)) :
      contains(["true", "false"], value)
    ]]))
    error_message = "models: hidden_dimension must be 32 to 256, bptt 2 to 32, recency_mask and apply_recency_bias true or false."
  }
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
