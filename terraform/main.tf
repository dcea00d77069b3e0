module "encryption" {
  source = "../modules/encryption"

  name                    = local.prefix
  account                 = local.account
  deletion_window_in_days = var.kms_deletion_window_in_days

  personalize = {
    role_arn             = module.personalize.role_arn
    check_source_account = var.personalize_check_source_account
  }
}

module "storage" {
  source = "../modules/storage"

  prefix         = local.prefix
  account        = local.account
  kms_key_arn    = module.encryption.key_arn
  retention_days = var.retention_days
  force_destroy  = !var.deletion_protection

  personalize_check_source_account = var.personalize_check_source_account
  writes_batches                   = var.batch != null
}

module "analytics" {
  source = "../modules/analytics"

  prefix         = local.prefix
  raw_bucket     = module.storage.raw_bucket_name
  kms_key_arn    = module.encryption.key_arn
  scan_limit_gib = var.athena_scan_limit_gib
  event_types    = var.event_types
  force_destroy  = !var.deletion_protection
}

module "personalize" {
  source = "../modules/personalize"

  prefix      = local.prefix
  account     = local.account
  kms_key_arn = module.encryption.key_arn
  models      = local.models
  filters     = var.filters
  ledger_path = "${local.parameter_path}/models"
  python      = local.python
  python_path = local.python_path

  popularity_baseline      = anytrue([for model in values(var.models) : coalesce(model.gate.compare_with_popularity, false)])
  role_propagation_seconds = var.role_propagation_seconds
  writes_batches           = var.batch != null

  seed = {
    bucket      = module.storage.seed_bucket_name
    bucket_arn  = module.storage.seed_bucket_arn
    directory   = local.seed_directory
    schemas     = local.seed_schemas
    rebase      = var.seed.rebase
    popular_key = local.fallback_key
  }
}

module "ingestion" {
  source = "../modules/ingestion"

  prefix                 = local.prefix
  account                = local.account
  platform               = local.platform
  put_events             = local.functions.put_events
  normalize_events       = local.functions.normalize_events
  accept_events          = local.functions.accept_events
  visitor_tokens         = local.visitor_tokens
  stream_retention_hours = var.stream.retention_hours
  mapping                = var.stream_mapping
  event_types            = var.event_types
  tracking_id            = module.personalize.tracking_id
  raw_bucket_arn         = module.storage.raw_bucket_arn
  firehose               = var.firehose

  pets = {
    table             = module.pets.table_name
    table_arn         = module.pets.table_arn
    publish_alias_arn = module.pets.publish_alias_arn
    age_limits        = var.pets.age_limits
  }
}

module "history" {
  source = "../modules/history"

  prefix                 = local.prefix
  account                = local.account
  platform               = local.platform
  functions              = local.functions
  mapping                = var.stream_mapping
  event_types            = var.event_types
  stream_arn             = module.ingestion.stream_arn
  visitor_tokens         = local.visitor_tokens
  ttl_days               = var.history_ttl_days
  point_in_time_recovery = var.point_in_time_recovery
  deletion_protection    = var.deletion_protection

  pets = {
    table                   = module.pets.table_name
    table_arn               = module.pets.table_arn
    application_event_types = var.pets.application_event_types
    age_limits              = var.pets.age_limits
  }
}

module "pets" {
  source = "../modules/pets"

  prefix                 = local.prefix
  account                = local.account
  platform               = local.platform
  functions              = local.functions
  bucket                 = module.storage.pets_bucket_name
  bucket_arn             = module.storage.pets_bucket_arn
  age_limits             = var.pets.age_limits
  feeds                  = { maximum_removed_share = var.pets.maximum_removed_share, mappings = var.pets.mappings }
  point_in_time_recovery = var.point_in_time_recovery
  deletion_protection    = var.deletion_protection

  items = {
    dataset_arn     = module.personalize.items_dataset_arn
    schema_arn      = module.personalize.items_schema_arn
    seed_bucket     = module.storage.seed_bucket_name
    seed_bucket_arn = module.storage.seed_bucket_arn
  }
}

module "serving" {
  source = "../modules/serving"

  prefix                      = local.prefix
  account                     = local.account
  platform                    = local.platform
  functions                   = local.functions
  campaign_arns               = module.personalize.campaign_arns
  filters                     = module.personalize.filters
  visitor_tokens              = local.visitor_tokens
  personalize_timeout_seconds = var.personalize_timeout_seconds
  experiments                 = one([for it in module.experiments : merge(it.serving, { models = local.experiment_models })])

  fallback = {
    bucket     = module.storage.seed_bucket_name
    bucket_arn = module.storage.seed_bucket_arn
    key        = local.fallback_key
  }

  pets = {
    table              = module.pets.table_name
    table_arn          = module.pets.table_arn
    bucket             = module.storage.pets_bucket_name
    bucket_arn         = module.storage.pets_bucket_arn
    history_table      = module.history.table_name
    history_table_arn  = module.history.table_arn
    age_limits         = var.pets.age_limits
    long_waiting_days  = var.pets.long_waiting_days
    long_waiting_share = var.pets.long_waiting_share
  }
}

module "experiments" {
  source = "../modules/experiments"
  count  = length(var.experiments) > 0 ? 1 : 0

  prefix             = local.prefix
  account            = local.account
  parameter_path     = local.parameter_path
  experiments        = var.experiments
  kms_key_arn        = module.encryption.key_arn
  log_retention_days = var.log_retention_days
  raw_bucket_arn     = module.storage.raw_bucket_arn
  function_names     = { for name in keys(local.experiment_models) : name => "${local.prefix}-${name}" }
  firehose           = var.firehose
  alarm              = { enabled = var.alarms.enabled, topic_arn = module.notifications.topic_arn }
}

module "http_api" {
  source = "../modules/http_api"
  count  = var.http_api == null ? 0 : 1

  prefix             = local.prefix
  settings           = var.http_api
  alias_arns         = merge(local.app_aliases, { put_pets = module.pets.put_pets_alias_arn })
  kms_key_arn        = module.encryption.key_arn
  log_retention_days = var.log_retention_days
  alarm              = { enabled = var.alarms.enabled, topic_arn = module.notifications.topic_arn }
}

module "browser_api" {
  source = "../modules/browser_api"
  count  = var.browser_api == null ? 0 : 1

  prefix                  = local.prefix
  account                 = local.account
  platform                = local.platform
  functions               = local.functions
  settings                = merge(var.browser_api, { origins = setunion(coalesce(var.browser_api.origins, []), local.site_origins) })
  description_path        = "${local.repository}/modules/http_api/openapi.yaml"
  alias_arns              = local.app_aliases
  history_table           = { name = module.history.table_name, arn = module.history.table_arn, ttl_days = var.history_ttl_days }
  stream                  = { name = module.ingestion.stream_name, arn = module.ingestion.stream_arn }
  deletion_window_in_days = var.kms_deletion_window_in_days
  alarm                   = { enabled = var.alarms.enabled, topic_arn = module.notifications.topic_arn }
}

module "site" {
  source = "../modules/site"
  count  = var.site == null ? 0 : 1

  prefix        = local.prefix
  account       = local.account
  sources       = local.site_sources
  api_url       = module.browser_api[0].url
  settings      = { domain = var.site.domain, price_class = var.site.price_class }
  force_destroy = !var.deletion_protection
}

module "notifications" {
  source = "../modules/notifications"

  prefix      = local.prefix
  account     = local.account
  kms_key_arn = module.encryption.key_arn
  emails      = var.notification_emails
}

module "retraining" {
  source = "../modules/retraining"

  prefix                   = local.prefix
  account                  = local.account
  platform                 = local.platform
  functions                = local.functions
  models                   = local.models
  settings                 = var.retraining
  definition_path          = "${local.repository}/step_functions/retraining.asl.json"
  solution_arns            = module.personalize.solution_arns
  popularity_solution_arn  = module.personalize.popularity_solution_arn
  campaign_arns            = module.personalize.campaign_arns
  put_events_function_name = "${local.prefix}-put-events"
  topic_arn                = module.notifications.topic_arn
  ledger_prefix            = "${local.parameter_path}/models"

  fallback = {
    bucket       = module.storage.seed_bucket_name
    bucket_arn   = module.storage.seed_bucket_arn
    key          = local.fallback_key
    campaign_arn = module.personalize.campaign_arns["recommender"]
  }
}

module "batch" {
  source = "../modules/batch"
  count  = var.batch == null ? 0 : 1

  prefix               = local.prefix
  account              = local.account
  platform             = local.platform
  functions            = local.functions
  settings             = { schedule_expression = var.batch.schedule_expression, timezone = var.batch.timezone, results = var.batch.results }
  bucket               = { name = module.storage.seed_bucket_name, arn = module.storage.seed_bucket_arn }
  history_table        = { name = module.history.table_name, arn = module.history.table_arn }
  campaign_arn         = module.personalize.campaign_arns["recommender"]
  solution_arn         = module.personalize.solution_arns["recommender"]
  filter_arn           = var.batch.filter == null ? null : module.personalize.filters[var.batch.filter].arn
  personalize_role_arn = module.personalize.role_arn
  alarm                = { enabled = var.alarms.enabled, topic_arn = module.notifications.topic_arn }
}

module "verdicts" {
  source = "../modules/verdicts"
  count  = length(var.experiments) > 0 ? 1 : 0

  prefix         = local.prefix
  account        = local.account
  platform       = local.platform
  settings       = local.functions.judge_experiments
  analytics      = { workgroup_name = module.analytics.workgroup_name, database_name = module.analytics.database_name, query_ids = module.analytics.query_ids }
  raw_bucket     = { name = module.storage.raw_bucket_name, arn = module.storage.raw_bucket_arn }
  function_names = { for name in keys(local.experiment_models) : name => module.serving.function_names[name] }
  topic_arn      = module.notifications.topic_arn
  schedule       = var.verdicts
  alarm          = { enabled = var.alarms.enabled }

  parameters = {
    definitions     = module.experiments[0].serving.definitions
    definitions_arn = module.experiments[0].serving.parameter_arns[0]
    shares          = module.experiments[0].serving.shares
    shares_arn      = module.experiments[0].shares_parameter_arn
  }
}

module "monitoring" {
  source = "../modules/monitoring"

  prefix                     = local.prefix
  environment                = var.environment
  account                    = local.account
  topic_arn                  = module.notifications.topic_arn
  function_names             = local.function_names
  stream_name                = module.ingestion.stream_name
  dead_letter_queue_names    = { put_events = module.ingestion.dead_letter_queue_name, record_history = module.history.dead_letter_queue_name }
  firehose_name              = module.ingestion.firehose_name
  firehose_buffering_seconds = coalesce(var.firehose.buffering_seconds, 300)
  state_machine_arn          = module.retraining.state_machine_arn
  rule_names                 = { retraining = module.retraining.rule_name }
  retraining_enabled         = coalesce(var.retraining.enabled, true)
  alarms                     = var.alarms
  feed_expected_hours        = var.pets.feed_expected_hours
  budget                     = var.budget

  event_tracker = {
    arn               = module.personalize.event_tracker_arn
    dataset_arn       = module.personalize.interactions_dataset_arn
    dataset_group_arn = module.personalize.dataset_group_arn
  }

  campaigns = { for model, settings in var.models : model => {
    arn                     = module.personalize.campaign_arns[model]
    ranks                   = strcontains(settings.recipe, "ranking")
    automatic_updates       = settings.recipe == "aws-user-personalization"
    minimum_provisioned_tps = settings.minimum_provisioned_tps
  } }
}

# Everything else is a dependency of this resource, so `terraform destroy` begins with it. Without it a destroy of a
# protected deployment would stop half-way, at the first resource that cannot be deleted.
resource "terraform_data" "deletion_protection" {
  input = var.deletion_protection ? "on" : "off"

  provisioner "local-exec" {
    when        = destroy
    command     = "[ \"$DELETION_PROTECTION\" = off ] || { echo 'deletion_protection is true: nothing was destroyed. Set it to false, apply, then destroy.' >&2; exit 1; }"
    environment = { DELETION_PROTECTION = self.input }
  }

  depends_on = [
    module.encryption,
    module.storage,
    module.analytics,
    module.personalize,
    module.ingestion,
    module.history,
    module.pets,
    module.serving,
    module.experiments,
    module.http_api,
    module.browser_api,
    module.site,
    module.notifications,
    module.retraining,
    module.batch,
    module.verdicts,
    module.monitoring,
    aws_ssm_parameter.published,
    data.aws_iam_policy_document.caller,
  ]
}
