# ---- where ----

variable "environment" {
  description = "Name of this deployment: begins every resource's name, so that several live side by side in one account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.environment)) && !strcontains(var.environment, "--")
    error_message = "environment must be 2 to 32 lower-case letters, digits and single hyphens, beginning with a letter, for example dev."
  }
}

variable "region" {
  description = "AWS region; Amazon Personalize must be available there."
  type        = string

  validation {
    condition = contains([
      "us-east-1", "us-east-2", "us-west-2", "ca-central-1", "eu-central-1", "eu-west-1",
      "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2",
    ], var.region)
    error_message = "region must be one that has Amazon Personalize: us-east-1, us-east-2, us-west-2, ca-central-1, eu-central-1, eu-west-1, ap-south-1, ap-southeast-1, ap-southeast-2, ap-northeast-1 or ap-northeast-2."
  }
}

variable "allowed_account_ids" {
  description = "AWS accounts that this environment may be deployed to; with other credentials nothing is made. Null: any account."
  type        = list(string)
  default     = null

  validation {
    condition     = var.allowed_account_ids == null || alltrue([for id in coalesce(var.allowed_account_ids, []) : can(regex("^[0-9]{12}$", id))])
    error_message = "allowed_account_ids: an account id has 12 digits."
  }
}

variable "tags" {
  description = "Tags of every resource that has tags, besides Application, Environment and ManagedBy."
  type        = map(string)
  default     = {}
}

variable "python" {
  description = "Program that runs the scripts of apply and destroy: name or path of a Python 3.11 or later that has boto3 and rich. Null: .venv/bin/python of the repository if it exists (`make setup`), else python3."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[^\"$`]+$", coalesce(var.python, "python3")))
    error_message = "python must be the name or the path of a program, for example python3 or /usr/bin/python3.13. It is not given to a shell, so shell expressions such as $(command -v python3) are not evaluated."
  }
}

variable "package_directory" {
  description = "Folder with the functions' zips, as `make package` builds them. Null: build/ of the repository."
  type        = string
  default     = null
}

variable "s3_use_path_style" {
  description = "Whether bucket names go into the path of S3 addresses, as endpoints without a name of their own need it."
  type        = bool
  default     = false
}

variable "provider_max_retries" {
  description = "How often the provider repeats a request that failed for a passing reason."
  type        = number
  default     = 25

  validation {
    condition     = var.provider_max_retries >= 0 && var.provider_max_retries <= 25
    error_message = "provider_max_retries must be 0 to 25."
  }
}

# ---- safety ----

variable "deletion_protection" {
  description = "True: destroy refuses before anything is gone (set it to false and apply first); the history table cannot be deleted by other ways either, nor buckets and workgroups that hold anything."
  type        = bool
  default     = true
}

variable "point_in_time_recovery" {
  description = "Whether the history table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
}

variable "kms_deletion_window_in_days" {
  description = "Days between destroy and the loss of the encryption key."
  type        = number
  default     = 30
}

variable "retention_days" {
  description = "Days that each kind of object in S3 is kept; see the module storage."
  type = object({
    raw_events     = optional(number)
    errors         = optional(number)
    query_results  = optional(number)
    access_logs    = optional(number)
    older_versions = optional(number)
  })
  default = {}
}

# ---- functions ----

variable "log_level" {
  description = "Least severe level that the functions log: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30

  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days,
    )
    error_message = "log_retention_days must be one that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "lambda_runtime" {
  description = "Lambda runtime that the packages were built for: python3.11, python3.12 or python3.13."
  type        = string
  default     = "python3.13"

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13"], var.lambda_runtime)
    error_message = "lambda_runtime must be python3.11, python3.12 or python3.13."
  }
}

variable "lambda_architecture" {
  description = "Processor of the functions: arm64 or x86_64."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.lambda_architecture)
    error_message = "lambda_architecture must be arm64 or x86_64."
  }
}

variable "functions" {
  description = "Function -> what differs from its defaults: memory_size (MB), timeout (seconds), reserved_concurrency, provisioned_concurrency, snap_start."
  type = map(object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  }))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.functions), keys(local.function_defaults))) == 0
    error_message = "functions: no such function: ${join(", ", setsubtract(keys(var.functions), keys(local.function_defaults)))}. Known: ${join(", ", keys(local.function_defaults))}."
  }
}

variable "vpc_config" {
  description = "Subnets and security groups of the functions; they need a way to the AWS services. Null: AWS's own network."
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null

  validation {
    condition     = var.vpc_config == null || try(length(var.vpc_config.subnet_ids) > 0 && length(var.vpc_config.security_group_ids) > 0, false)
    error_message = "vpc_config needs at least one of subnet_ids and one of security_group_ids, or null for no VPC."
  }
}

# ---- events ----

variable "stream" {
  description = "The Kinesis stream (on demand): hours that events are kept, which is how long a consumer may be down."
  type = object({
    retention_hours = optional(number, 48)
  })
  default = {}
}

variable "stream_mapping" {
  description = "How Lambda reads the stream; see the module stream_consumer and the table in docs/deployment.md."
  type = object({
    batch_size                 = optional(number)
    batching_window_seconds    = optional(number)
    parallelization_factor     = optional(number)
    maximum_retry_attempts     = optional(number)
    maximum_record_age_seconds = optional(number)
  })
  default = {}
}

variable "firehose" {
  description = "When Firehose writes an object of raw events: after so many seconds or MiB, whichever comes first."
  type = object({
    buffering_seconds = optional(number)
    buffering_mib     = optional(number)
  })
  default = {}
}

variable "history_ttl_days" {
  description = "Days after which an event leaves a user's history."
  type        = number
  default     = 365
}

variable "athena_scan_limit_gib" {
  description = "GiB that one Athena query may read before it is stopped."
  type        = number
  default     = 10
}

# ---- recommendations ----

variable "seed" {
  description = "First data of the models: folder with interactions.csv, items.csv and schemas/ (null: seed/ of the repository, example data), and whether the times in it are moved so that the newest event is now (for example data)."
  type = object({
    directory = optional(string)
    rebase    = optional(bool, true)
  })
  default = {}

  validation {
    condition = alltrue([for file in ["interactions.csv", "items.csv", "schemas/interactions.json", "schemas/items.json"] :
      fileexists("${coalesce(var.seed.directory, "${path.module}/../seed")}/${file}")
    ])
    error_message = "seed.directory (${coalesce(var.seed.directory, "${path.module}/../seed")}) must hold interactions.csv, items.csv, schemas/interactions.json and schemas/items.json."
  }
}

variable "models" {
  description = "Model -> recipe, hyperparameters, capacity and exploration (see the module personalize); the gate that a newly trained version must pass, its training budget and its canary (see the module retraining). `recommender` serves the function recommend; `reranker`, if present, serves rerank."
  type = map(object({
    recipe                       = string
    hyperparameters              = optional(map(string), {})
    training_mode                = optional(string, "FULL")
    minimum_provisioned_tps      = optional(number, 1)
    exploration_weight           = optional(number)
    exploration_item_age_cut_off = optional(number)
    gate = optional(object({
      metric               = optional(string)
      threshold            = optional(number)
      minimum_coverage     = optional(number)
      regression_tolerance = optional(number)
    }), {})
    minimum_new_interactions = optional(number)
    monthly_training_hours   = optional(number)
    canary = optional(object({
      user_ids = optional(list(string), [])
      item_ids = optional(list(string), [])
    }), {})
  }))

  validation {
    condition     = contains(keys(var.models), "recommender")
    error_message = "models must have an entry recommender; reranker and others are optional."
  }

  validation {
    condition     = !strcontains(try(var.models.recommender.recipe, ""), "ranking")
    error_message = "models: recommender needs the recipe aws-user-personalization or aws-user-personalization-v2."
  }

  validation {
    condition     = strcontains(try(var.models.reranker.recipe, "aws-personalized-ranking"), "ranking")
    error_message = "models: reranker needs the recipe aws-personalized-ranking or aws-personalized-ranking-v2."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : coalesce(model.gate.threshold, 0) >= 0 && coalesce(model.gate.threshold, 0) <= 1])
    error_message = "models: gate.threshold must be 0 to 1."
  }
}

variable "filters" {
  description = "Filter name -> expression; requests name a filter and give its parameters."
  type        = map(string)
  default     = {}
}

variable "personalize_timeout_seconds" {
  description = "Seconds that a request waits for Personalize before it gets the fallback answer."
  type        = number
  default     = 2
}

variable "front_door" {
  description = "Renamed to http_api. Terraform ignores unknown variables of a tfvars file, so the old name is refused here."
  type        = any
  default     = null

  validation {
    condition     = var.front_door == null
    error_message = "front_door was renamed to http_api: rename it in your tfvars. Nothing else changes."
  }
}

variable "http_api" {
  description = "HTTP API before the functions that apps call; see the module http_api. {} lets in callers that sign with IAM, { jwt = { issuer, audience } } those with tokens; null makes none."
  type = object({
    jwt = optional(object({
      issuer   = string
      audience = set(string)
      scopes   = optional(set(string))
    }))
    throttling = optional(object({
      rate  = optional(number)
      burst = optional(number)
    }))
  })
  default = null
}

# ---- retraining ----

variable "retraining" {
  description = "When the models are retrained, how long a training may take, and how often its state is looked at; see the module retraining."
  type = object({
    enabled                  = optional(bool)
    schedule_expression      = optional(string)
    timezone                 = optional(string)
    minimum_new_interactions = optional(number)
    training_poll_seconds    = optional(number)
    training_timeout_seconds = optional(number)
    campaign_poll_seconds    = optional(number)
    campaign_timeout_seconds = optional(number)
  })
  default = {}
}

variable "notification_emails" {
  description = "Mail addresses that get outcomes of retraining, alarms and budget warnings; each must confirm its subscription once."
  type        = set(string)
  default     = []
}

# ---- watching ----

variable "alarms" {
  description = "When to alarm; see the module monitoring. { enabled = false } makes no alarm."
  type = object({
    enabled              = optional(bool)
    iterator_age_seconds = optional(number)
    late_seconds         = optional(number)
    degraded_answers     = optional(number)
    campaign_latency_ms  = optional(number)
    campaign_use_percent = optional(number)
    idle_campaign_days   = optional(number)
    retraining_days      = optional(number)
  })
  default = {}
}

variable "budget" {
  description = "US dollars a month ({ monthly_usd = 500 }) that Amazon Personalize may cost in this account before mails warn; null for none."
  type = object({
    monthly_usd = number
  })
  default = null
}
