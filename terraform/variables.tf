# ---- where ----

variable "environment" {
  description = "Name of this deployment, for example dev. The name of every resource begins with it, so that several deployments can share an account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.environment)) && !strcontains(var.environment, "--")
    error_message = "environment must be 2 to 32 lower-case letters, digits and single hyphens, beginning with a letter, for example dev."
  }
}

variable "region" {
  description = "AWS region. Amazon Personalize must be available there."
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
  description = "Ids of the AWS accounts that this environment may be deployed to. With credentials of another account the plan fails. Null allows any account."
  type        = list(string)
  default     = null

  validation {
    condition     = var.allowed_account_ids == null || alltrue([for id in coalesce(var.allowed_account_ids, []) : can(regex("^[0-9]{12}$", id))])
    error_message = "allowed_account_ids must be account ids of 12 digits, for example [\"111111111111\"], or null for any account."
  }
}

variable "tags" {
  description = "Tags for all resources, in addition to Application, Environment and ManagedBy. (Resources of Amazon Personalize have no tags.)"
  type        = map(string)
  default     = {}
}

variable "python" {
  description = "Program that runs the scripts of apply and destroy: the name or the path of Python 3.11 or later with boto3 and rich. Null means .venv/bin/python of the repository if `make setup` has created it, else python3."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[^\"$`]+$", coalesce(var.python, "python3")))
    error_message = "python must be the name or the path of a program, for example python3 or /usr/bin/python3.13. It is not given to a shell, so shell expressions such as $(command -v python3) are not evaluated."
  }
}

variable "package_directory" {
  description = "Folder with the zips of the functions, which `make package` builds. Null means build/ of the repository."
  type        = string
  default     = null
}

variable "s3_use_path_style" {
  description = "Whether S3 URLs have the bucket in the path instead of the host name. An endpoint on 127.0.0.1, such as the local AWS, needs it."
  type        = bool
  default     = false
}

variable "provider_max_retries" {
  description = "How many times the AWS provider retries a request that was throttled or failed for a temporary reason."
  type        = number
  default     = 25

  validation {
    condition     = var.provider_max_retries >= 0 && var.provider_max_retries <= 25
    error_message = "provider_max_retries must be 0 to 25."
  }
}

# ---- safety ----

variable "deletion_protection" {
  description = "Whether the deployment is protected from deletion. If true, `terraform destroy` fails before it deletes anything, DynamoDB refuses to delete the history table, and buckets and workgroups that are not empty are kept. To destroy, set it to false and apply first."
  type        = bool
  default     = true
}

variable "point_in_time_recovery" {
  description = "Whether the history table can be restored to any second of the last 35 days (DynamoDB point-in-time recovery)."
  type        = bool
  default     = true
}

variable "kms_deletion_window_in_days" {
  description = "Days between `terraform destroy` and the final deletion of the encryption key: 7 to 30."
  type        = number
  default     = 30
}

variable "role_propagation_seconds" {
  description = "How many seconds the first apply waits until IAM has made a new role known everywhere: 0 to 600."
  type        = number
  default     = 20
}

variable "personalize_check_source_account" {
  description = "Whether the policies of the key and of the seed bucket let Amazon Personalize in only if it sends aws:SourceAccount with the id of this account. No page of AWS says that it always does. Set it to false if CreateDatasetGroup or an import fails with \"Insufficient privileges\"."
  type        = bool
  default     = true
}

variable "retention_days" {
  description = "How many days each kind of object in S3 is kept. Defaults: see modules/storage."
  type = object({
    raw_events     = optional(number)
    errors         = optional(number)
    query_results  = optional(number)
    access_logs    = optional(number)
    batches        = optional(number)
    older_versions = optional(number)
  })
  default = {}
}

# ---- functions ----

variable "log_level" {
  description = "Lowest level that the functions log: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps logs."
  type        = number
  default     = 30

  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days,
    )
    error_message = "log_retention_days must be a value that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "lambda_runtime" {
  description = "Lambda runtime for which the packages were built: python3.11, python3.12 or python3.13."
  type        = string
  default     = "python3.13"

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13"], var.lambda_runtime)
    error_message = "lambda_runtime must be python3.11, python3.12 or python3.13."
  }
}

variable "lambda_architecture" {
  description = "Processor architecture for which the packages were built: arm64 or x86_64."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.lambda_architecture)
    error_message = "lambda_architecture must be arm64 or x86_64."
  }
}

variable "functions" {
  description = "Settings of functions that differ from their defaults, by function name: memory_size (MB), timeout (seconds), reserved_concurrency, provisioned_concurrency, snap_start. See modules/lambda_function."
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
    error_message = "functions has unknown names: ${join(", ", setsubtract(keys(var.functions), keys(local.function_defaults)))}. The functions are ${join(", ", keys(local.function_defaults))}."
  }
}

variable "vpc_config" {
  description = "Subnets and security groups of the functions. From there the functions must reach AWS services, through a NAT gateway or VPC endpoints (see examples/existing-vpc). Null means that the functions are in no VPC of yours."
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
  description = "The Kinesis stream of events. retention_hours: how long events are kept, and so how long a consumer can be down without loss."
  type = object({
    retention_hours = optional(number, 48)
  })
  default = {}
}

variable "event_types" {
  description = "Event types that apps send, in their exact spelling. An event with another spelling of one of them (detail_view, Favourites) is refused; an event with any other type is delivered, counted and named in the log."
  type        = list(string)
  default     = ["DetailView", "Favorite", "Application"]

  # Amazon Personalize takes at most 10 event types, with the optional fields of the interactions' schema counted in.
  validation {
    condition     = length(var.event_types) >= 1 && length(var.event_types) <= 10
    error_message = "event_types must have 1 to 10 event types, for example [\"DetailView\", \"Favorite\", \"Application\"]."
  }

  validation {
    condition     = alltrue([for type in var.event_types : can(regex("^[^\\s\\p{C}](.{0,254}[^\\s\\p{C}])?$", type))])
    error_message = "Each of event_types must have 1 to 256 characters (the limit of Amazon Personalize), without spaces around it."
  }

  # The functions get the list in an environment variable, and Lambda allows 4 KB for all variables of a function.
  validation {
    condition     = length(join("", var.event_types)) <= 1000
    error_message = "event_types must have together at most 1000 characters."
  }

  validation {
    condition = length(var.event_types) == length(distinct([
      for type in var.event_types : lower(replace(type, "/[^\\p{L}\\p{N}]/", ""))
    ]))
    error_message = "event_types must not have the same type twice, nor in two spellings that differ only in case, spaces or punctuation: Amazon Personalize would train on two types."
  }
}

variable "stream_mapping" {
  description = "How Lambda reads the stream. See modules/stream_consumer, and the table in docs/deployment.md."
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
  description = "When Firehose writes an object of raw events: after buffering_seconds or buffering_mib, whichever comes first."
  type = object({
    buffering_seconds = optional(number)
    buffering_mib     = optional(number)
  })
  default = {}
}

variable "history_ttl_days" {
  description = "How many days an event stays in a user's history."
  type        = number
  default     = 365
}

variable "athena_scan_limit_gib" {
  description = "How many GiB one Athena query may scan before Athena stops it."
  type        = number
  default     = 10
}

# ---- recommendations ----

variable "seed" {
  description = "First data of the models. directory: folder with interactions.csv and items.csv, and with schemas/interactions.json and schemas/items.json if their columns are not those of seed/schemas; a relative path counts from the folder in which Terraform runs, or else from the repository. Null means seed/ of the repository, which has example data. rebase: whether all times are moved so that the newest event is now, which example data needs."
  type = object({
    directory = optional(string)
    rebase    = optional(bool, true)
  })
  default = {}

  validation {
    condition = var.seed.directory == null || anytrue([
      for directory in [pathexpand(coalesce(var.seed.directory, "-")), "${path.module}/../${coalesce(var.seed.directory, "-")}"] :
      alltrue([for file in ["interactions.csv", "items.csv"] : try(fileexists("${directory}/${file}"), false)])
    ])
    error_message = "seed.directory (${coalesce(var.seed.directory, "-")}) must be a folder that holds interactions.csv and items.csv. A relative path counts from the folder in which Terraform runs, or else from the repository."
  }
}

variable "models" {
  description = "Models by name. recipe, hyperparameters, events, capacity and exploration: see modules/personalize; without events a model of a v2 recipe learns from all event_types, most from applications and least from views. gate, training budget and canary: see modules/retraining; canary.item_ids are by default a few items of your own data. The model `recommender` is required and serves the function recommend. The models `reranker`, `similar` and `trending`, if there are any, serve the functions rerank, similar and trending."
  type = map(object({
    recipe          = string
    hyperparameters = optional(map(string), {})
    events = optional(map(object({
      weight          = optional(number)
      value_threshold = optional(number)
    })))
    training_mode                = optional(string, "FULL")
    minimum_provisioned_tps      = optional(number, 1)
    exploration_weight           = optional(number)
    exploration_item_age_cut_off = optional(number)
    gate = optional(object({
      metric                  = optional(string)
      threshold               = optional(number)
      minimum_coverage        = optional(number)
      regression_tolerance    = optional(number)
      compare_with_popularity = optional(bool)
    }), {})
    minimum_new_interactions = optional(number)
    monthly_training_hours   = optional(number)
    canary = optional(object({
      user_ids = optional(list(string), [])
      item_ids = optional(list(string))
    }), {})
  }))

  validation {
    condition     = length(setintersection(keys(var.models), ["popular", "newest", "longest_waiting", "hold_out"])) == 0
    error_message = "models: popular, newest, longest_waiting and hold_out are lists that experiments show, and cannot be names of models."
  }

  validation {
    condition     = contains(keys(var.models), "recommender")
    error_message = "models must have an entry `recommender`; `reranker` and others are optional."
  }

  validation {
    condition     = startswith(try(var.models.recommender.recipe, "aws-user-personalization"), "aws-user-personalization")
    error_message = "models: recommender needs the recipe aws-user-personalization or aws-user-personalization-v2."
  }

  validation {
    condition     = strcontains(try(var.models.reranker.recipe, "aws-personalized-ranking"), "ranking")
    error_message = "models: reranker needs the recipe aws-personalized-ranking or aws-personalized-ranking-v2."
  }

  validation {
    condition     = contains(["aws-similar-items", "aws-sims"], try(var.models.similar.recipe, "aws-similar-items"))
    error_message = "models: similar needs the recipe aws-similar-items or aws-sims."
  }

  validation {
    condition     = contains(["aws-trending-now", "aws-popularity-count"], try(var.models.trending.recipe, "aws-trending-now"))
    error_message = "models: trending needs the recipe aws-trending-now or aws-popularity-count."
  }

  validation {
    condition     = alltrue(flatten([for model in values(var.models) : [for type in keys(coalesce(model.events, {})) : contains(var.event_types, type)]]))
    error_message = "models: events must be of event_types, in the same spelling: ${join(", ", var.event_types)}."
  }

  validation {
    condition     = alltrue([for model in values(var.models) : coalesce(model.gate.threshold, 0) >= 0 && coalesce(model.gate.threshold, 0) <= 1])
    error_message = "models: gate.threshold must be 0 to 1."
  }

  validation {
    condition     = local.seed_items == "" || alltrue([for item in flatten([for model in values(var.models) : coalesce(model.canary.item_ids, [])]) : strcontains(local.seed_items, ",${item},")])
    error_message = "models: canary.item_ids must be items of items.csv (${local.seed_directory}), and these are not: ${join(", ", [for item in distinct(flatten([for model in values(var.models) : coalesce(model.canary.item_ids, [])])) : item if !strcontains(local.seed_items, ",${item},")])}. Without item_ids the canary takes a few of your own."
  }
}

variable "filters" {
  description = "Filter expressions of Amazon Personalize by name. A request names a filter and gives values for its placeholders."
  type        = map(string)
  default     = {}

  # The quoted texts after EVENT_TYPE; "*" is every type.
  validation {
    condition = alltrue(flatten([for expression in values(var.filters) : [
      for texts in regexall("(?i)EVENT_TYPE[^\"$]*((?:\"[^\"]*\"[\\s,]*)+)", expression) : [
        for text in regexall("\"([^\"]*)\"", texts[0]) : contains(concat(["*"], var.event_types), text[0])
      ]
    ]]))
    error_message = "The EVENT_TYPE of a filter in filters must be one of event_types, in the same spelling: ${join(", ", var.event_types)}. With another type the filter would match nothing."
  }
}

variable "personalize_timeout_seconds" {
  description = "How many seconds a request waits for Amazon Personalize before the function answers with its fallback."
  type        = number
  default     = 2
}

variable "front_door" {
  description = "Former name of http_api. Terraform only warns about unknown variables in a tfvars file, so this variable exists to fail with a clear message."
  type        = any
  default     = null

  validation {
    condition     = var.front_door == null
    error_message = "front_door has been renamed to http_api. Rename it in your tfvars file; nothing else changes."
  }
}

variable "http_api" {
  description = "HTTP API in front of the functions that apps call. {} admits callers that sign with IAM credentials, { jwt = { issuer, audience } } admits callers with tokens. Null creates no HTTP API. See modules/http_api."
  type = object({
    jwt = optional(object({
      issuer      = string
      audience    = set(string)
      scopes      = optional(set(string))
      pets_scopes = optional(set(string))
    }))
    throttling = optional(object({
      rate  = optional(number)
      burst = optional(number)
    }))
  })
  default = null
}

variable "browser_api" {
  description = "HTTP API for the browsers of visitors, who act with a token for themselves only. origins: the pages that may call. jwt: the site's own login, with the claim that holds the user's id. Null creates none. See modules/browser_api."
  type = object({
    origins = optional(set(string))
    jwt = optional(object({
      issuer     = string
      audience   = set(string)
      scopes     = optional(set(string))
      user_claim = optional(string)
    }))
    throttling = optional(object({
      rate           = optional(number)
      burst          = optional(number)
      visitors_rate  = optional(number)
      visitors_burst = optional(number)
    }))
    tokens = optional(object({
      days       = optional(number)
      generation = optional(number)
    }))
  })
  default = null
}

variable "site" {
  description = "A static site on S3 and CloudFront, whose pages browser_api then admits. folder: your own site instead of examples/adoption-site. domain: names of your own, and the ARN of their ACM certificate in us-east-1. Null creates none. See modules/site."
  type = object({
    folder = optional(string)
    domain = optional(object({
      names           = set(string)
      certificate_arn = string
    }))
    price_class = optional(string)
  })
  default = null

  validation {
    condition     = var.site == null || var.browser_api != null
    error_message = "site needs browser_api, which its pages ask: set browser_api = {}."
  }
}

variable "batch" {
  description = "Recommendations for many users, written to S3 for newsletters: schedule_expression and timezone say when, results how many groups for each user, filter by which of filters. {} writes for all users of the history on Mondays at 6 (UTC). Null writes none. See modules/batch."
  type = object({
    schedule_expression = optional(string)
    timezone            = optional(string)
    results             = optional(number)
    filter              = optional(string)
  })
  default = null

  validation {
    condition     = try(var.batch.filter, null) == null || contains(keys(var.filters), try(var.batch.filter, ""))
    error_message = "batch: filter must be one of filters: ${join(", ", keys(var.filters))}."
  }

  validation {
    condition     = try(var.batch.filter, null) == null || !strcontains(try(replace(var.filters[var.batch.filter], "/\"[^\"]*\"/", ""), ""), "$")
    error_message = "batch: filter must have no placeholder, because a batch gives no values."
  }
}

# ---- retraining ----

variable "pets" {
  description = "The catalogue of pets. age_limits: the ages in years at which the age ids 2, 3, 4 and 5 begin, for pets with a birth date. long_waiting_share: what share of an answer (0 to 1) is for pets that have waited for at least long_waiting_days. application_event_types: the types of events with which a visitor applies for a pet; it is not recommended to that visitor any more. maximum_removed_share: a complete feed that would take a larger share (0 to 1) of its source's available pets off the site is refused. feed_expected_hours: an alarm goes off if no feed was imported for so many hours; null if none is expected. mappings: how files of shelter software become pets, by the name of their folder; see docs/feeds.md and examples/feeds."
  type = object({
    age_limits              = optional(list(number), [1, 3, 7, 10])
    long_waiting_days       = optional(number, 60)
    long_waiting_share      = optional(number, 0.2)
    application_event_types = optional(list(string), ["Application"])
    maximum_removed_share   = optional(number, 0.3)
    feed_expected_hours     = optional(number)
    mappings = optional(map(object({
      records               = optional(string)
      resolve_relationships = optional(bool, false)
      fields                = map(string)
      words                 = optional(map(map(string)), {})
      defaults              = optional(map(string), {})
    })), {})
  })
  default = {}

  validation {
    condition = length(var.pets.age_limits) == 4 && alltrue([
      for place, age in var.pets.age_limits : age > (place == 0 ? 0 : var.pets.age_limits[place - 1])
    ])
    error_message = "pets.age_limits must be four ascending ages above 0 (years), at which the age ids 2, 3, 4 and 5 begin, for example [1, 3, 7, 10]."
  }
}

variable "retraining" {
  description = "When the models are retrained, after how many rejections in a row a model is paused, how long a training may take, and how often its status is polled. See modules/retraining."
  type = object({
    enabled                  = optional(bool)
    schedule_expression      = optional(string)
    timezone                 = optional(string)
    minimum_new_interactions = optional(number)
    pause_after_rejections   = optional(number)
    training_poll_seconds    = optional(number)
    training_timeout_seconds = optional(number)
    campaign_poll_seconds    = optional(number)
    campaign_timeout_seconds = optional(number)
  })
  default = {}
}

variable "notification_emails" {
  description = "E-mail addresses that receive the outcomes of retraining, alarms and budget warnings. Each address must confirm its subscription once."
  type        = set(string)
  default     = []
}

# ---- watching ----

variable "alarms" {
  description = "Thresholds of the alarms. { enabled = false } creates no alarm. See modules/monitoring."
  type = object({
    enabled               = optional(bool)
    iterator_age_seconds  = optional(number)
    late_seconds          = optional(number)
    degraded_answers      = optional(number)
    campaign_latency_ms   = optional(number)
    campaign_use_percent  = optional(number)
    personalize_errors    = optional(number)
    idle_campaign_days    = optional(number)
    retraining_days       = optional(number)
    positions_unfilled    = optional(number)
    catalogue_age_seconds = optional(number)
    not_newest_days       = optional(number)
  })
  default = {}
}

variable "budget" {
  description = "Budget for Amazon Personalize in this account, for example { monthly_usd = 500 }: e-mails warn at 80 percent, and when the forecast exceeds it. Null means no budget."
  type = object({
    monthly_usd = number
  })
  default = null
}

variable "experiments" {
  description = "Experiments by name: visitors see different lists, and what they do says which is better. function: recommend (default), rerank, similar or trending. arms: each with its share of the visitors, and what it shows: one of models, or popular, newest, longest_waiting, hold_out. control: the arm with which the others are compared. traffic: the part of all visitors that takes part. species and shelters: only requests for these. primary_outcome (Application) and secondary_outcomes: of event_types. start_date and end_date: first and last day (UTC). hoped_for_lift: the relative effect that one hopes for. act: whether shares may be changed without a person. Terraform ignores a field with another name. {} has none, and makes nothing. See modules/experiments."
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
  default = {}

  validation {
    condition     = alltrue([for shows in flatten([for it in values(var.experiments) : values(it.arms)[*].shows]) : contains(concat(keys(var.models), ["popular", "newest", "longest_waiting", "hold_out"]), shows)])
    error_message = "experiments: shows must be one of models (${join(", ", keys(var.models))}), or popular, newest, longest_waiting or hold_out."
  }

  # What a campaign can be asked depends on its recipe.
  validation {
    condition = alltrue([for it in values(var.experiments) : alltrue([for arm in values(it.arms) :
      (it.function == "rerank") == strcontains(var.models[arm.shows].recipe, "ranking") && (it.function == "similar") == can(regex("similar|sims", var.models[arm.shows].recipe))
      if contains(keys(var.models), arm.shows)
    ])])
    error_message = "experiments: arms of rerank must show models with a ranking recipe, arms of similar those with aws-similar-items or aws-sims, and others neither."
  }

  validation {
    condition     = alltrue([for it in values(var.experiments) : contains(keys(var.models), lookup({ rerank = "reranker", similar = "similar", trending = "trending" }, it.function, "recommender"))])
    error_message = "experiments: a function exists only with its model: rerank with reranker, similar with similar, trending with trending."
  }

  validation {
    condition     = alltrue([for type in flatten([for it in values(var.experiments) : concat([it.primary_outcome], it.secondary_outcomes)]) : contains(var.event_types, type)])
    error_message = "experiments: primary_outcome and secondary_outcomes must be among event_types (${join(", ", var.event_types)})."
  }
}

variable "verdicts" {
  description = "When experiments are judged (expression, timezone), and whether a mail is sent each time (daily_mail) or only if something is new. See modules/verdicts."
  type = object({
    expression = optional(string, "cron(30 6 * * ? *)")
    timezone   = optional(string, "UTC")
    daily_mail = optional(bool, false)
  })
  default = {}
}
