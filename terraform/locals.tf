# Names and tags are computed here and nowhere else.

locals {
  # With 37 characters the longest function name fits 64 characters, and the longest bucket name, which also has the
  # account id, fits 63.
  full_prefix = "${var.environment}-animal-recommender"
  prefix = length(local.full_prefix) <= 37 ? local.full_prefix : join("-", [
    trimsuffix(substr(local.full_prefix, 0, 28), "-"), substr(sha256(local.full_prefix), 0, 8),
  ])

  parameter_path = "/animal-recommender/${var.environment}"
  fallback_key   = "fallback/popular.json"

  tags = merge({
    Application = "animal-recommender"
    Environment = var.environment
    ManagedBy   = "terraform"
  }, var.tags)

  account = {
    id        = data.aws_caller_identity.current.account_id
    region    = var.region
    partition = data.aws_partition.current.partition
  }

  # The repository. The state keeps the paths of the scripts, so this path is relative, and thus the same on every
  # machine, unless the source of this module is an absolute path.
  repository        = "${path.module}/.."
  package_directory = coalesce(var.package_directory, "${local.repository}/build")
  python_path       = [local.repository, "${local.repository}/functions"]
  python            = coalesce(var.python, fileexists("${local.repository}/.venv/bin/python") ? "${local.repository}/.venv/bin/python" : "python3")

  platform = {
    environment        = var.environment
    package_directory  = local.package_directory
    package_bucket     = module.storage.packages_bucket_name
    runtime            = var.lambda_runtime
    architecture       = var.lambda_architecture
    log_level          = var.log_level
    log_retention_days = var.log_retention_days
    kms_key_arn        = module.encryption.key_arn
    vpc_config         = var.vpc_config
    scripts            = { python = local.python, python_path = local.python_path }
  }
}

locals {
  # An application says more than a favourite, and a favourite more than a view. Personalize learns from no other types
  # than those that are listed here.
  default_events = { for type in var.event_types : type => {
    weight          = contains(var.pets.application_event_types, type) ? 1 : can(regex("(?i)^favou?rite", type)) ? 0.5 : 0.2
    value_threshold = null
  } }

  # Models that are asked about items have some for their canary.
  models = { for name, model in var.models : name => merge(model, {
    events = model.events != null ? model.events : endswith(model.recipe, "-v2") ? local.default_events : {}
    canary = {
      user_ids = model.canary.user_ids
      item_ids = model.canary.item_ids != null ? model.canary.item_ids : can(regex("ranking|similar|sims", model.recipe)) ? local.canary_items : []
    }
  }) }

  # The default is 256 MB and 30 seconds. Lambda gives processor time in proportion to memory: 1,769 MB are one vCPU.
  function_defaults = {
    put_events                = { memory_size = 512, timeout = 120 }
    record_history            = { memory_size = 512, timeout = 120 }
    normalize_events          = { memory_size = 512, timeout = 300 } # Firehose waits no longer
    accept_events             = { timeout = 15 }
    create_visitor            = { timeout = 10 }
    identify_visitor          = { timeout = 15 }
    get_history               = { timeout = 10 }
    publish_pets              = { memory_size = 1024, timeout = 300 }
    put_pets                  = { memory_size = 512, timeout = 30 }
    import_pets               = { memory_size = 1769, timeout = 900 } # 20,000 pets take half a minute
    recommend                 = { memory_size = 512, timeout = 10 }
    rerank                    = { memory_size = 512, timeout = 10 }
    similar                   = { memory_size = 512, timeout = 10 }
    trending                  = { memory_size = 512, timeout = 10 }
    start_batch               = { memory_size = 1024, timeout = 900 } # reads the whole history
    check_batch               = {}
    judge_experiments         = { memory_size = 512, timeout = 900 } # waits for three queries of each experiment
    plan_retraining           = {}
    check_interactions        = { timeout = 60 }
    create_solution_version   = {}
    describe_solution_version = {}
    stop_solution_version     = {}
    evaluate_solution_version = {}
    update_campaign           = {}
    describe_campaign         = {}
    reconcile_campaign        = {}
    verify_campaign           = { timeout = 60 }
    report_outcome            = {}
  }

  # Function with experiments -> the models that their arms show.
  experiment_models = { for name in toset(values(var.experiments)[*].function) : name => setintersection(keys(var.models), flatten([
    for it in values(var.experiments) : values(it.arms)[*].shows if it.function == name
  ])) }

  # Functions that exist only with the model that they ask.
  models_asked = { rerank = "reranker", similar = "similar", trending = "trending" }

  functions = { for name, defaults in local.function_defaults : name => merge(
    defaults,
    { for setting, value in try(var.functions[name], {}) : setting => value if value != null },
  ) if contains(keys(var.models), lookup(local.models_asked, name, "recommender")) && (var.batch != null || !endswith(name, "_batch")) && (length(var.experiments) > 0 || name != "judge_experiments") }
}

locals {
  # The example site takes the client and the pictures from where they are; scripts/demo/adoption_site.py serves the same.
  example_site = {
    ""           = "${local.repository}/examples/adoption-site"
    "client"     = "${local.repository}/clients/javascript/dist"
    "pets.jsonl" = "${local.repository}/seed/pets.jsonl"
    "pictures"   = "${local.repository}/seed/pictures"
  }
  site_sources = try(var.site.folder, null) == null ? local.example_site : { "" = var.site.folder }
  # Not flatten(module.site[*].origins): that would depend on the whole module, whose config.js names the API.
  site_origins = var.site == null ? [] : module.site[0].origins
}
