module "encryption" {
  source = "../modules/encryption"

  name                    = local.prefix
  account                 = local.account
  deletion_window_in_days = var.kms_deletion_window_in_days
}

module "storage" {
  source = "../modules/storage"

  prefix         = local.prefix
  account        = local.account
  kms_key_arn    = module.encryption.key_arn
  retention_days = var.retention_days
  force_destroy  = !var.deletion_protection
}

module "analytics" {
  source = "../modules/analytics"

  prefix         = local.prefix
  raw_bucket     = module.storage.raw_bucket_name
  kms_key_arn    = module.encryption.key_arn
  scan_limit_gib = var.athena_scan_limit_gib
  force_destroy  = !var.deletion_protection
}

module "personalize" {
  source = "../modules/personalize"

  prefix      = local.prefix
  account     = local.account
  kms_key_arn = module.encryption.key_arn
  models      = var.models
  filters     = var.filters
  ledger_path = "${local.parameter_path}/models"
  python      = local.python
  python_path = [local.repository, "${local.repository}/functions"]

  seed = {
    bucket      = module.storage.seed_bucket_name
    bucket_arn  = module.storage.seed_bucket_arn
    directory   = local.seed_directory
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
  stream_retention_hours = var.stream.retention_hours
  mapping                = var.stream_mapping
  tracking_id            = module.personalize.tracking_id
  raw_bucket_arn         = module.storage.raw_bucket_arn
  firehose               = var.firehose
}

module "history" {
  source = "../modules/history"

  prefix                 = local.prefix
  account                = local.account
  platform               = local.platform
  functions              = local.functions
  mapping                = var.stream_mapping
  stream_arn             = module.ingestion.stream_arn
  ttl_days               = var.history_ttl_days
  point_in_time_recovery = var.point_in_time_recovery
  deletion_protection    = var.deletion_protection
}

module "serving" {
  source = "../modules/serving"

  prefix                      = local.prefix
  account                     = local.account
  platform                    = local.platform
  functions                   = local.functions
  campaign_arns               = module.personalize.campaign_arns
  filters                     = module.personalize.filters
  personalize_timeout_seconds = var.personalize_timeout_seconds

  fallback = {
    bucket     = module.storage.seed_bucket_name
    bucket_arn = module.storage.seed_bucket_arn
    key        = local.fallback_key
  }
}

module "http_api" {
  source = "../modules/http_api"
  count  = var.http_api == null ? 0 : 1

  prefix             = local.prefix
  settings           = var.http_api
  alias_arns         = merge(module.serving.alias_arns, { get_history = module.history.get_history_alias_arn })
  kms_key_arn        = module.encryption.key_arn
  log_retention_days = var.log_retention_days
  alarm              = { enabled = var.alarms.enabled, topic_arn = module.notifications.topic_arn }
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
  models                   = var.models
  settings                 = var.retraining
  definition_path          = "${local.repository}/step_functions/retraining.asl.json"
  solution_arns            = module.personalize.solution_arns
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

module "monitoring" {
  source = "../modules/monitoring"

  prefix                     = local.prefix
  account                    = local.account
  topic_arn                  = module.notifications.topic_arn
  function_names             = local.function_names
  stream_name                = module.ingestion.stream_name
  dead_letter_queue_names    = { put_events = module.ingestion.dead_letter_queue_name, record_history = module.history.dead_letter_queue_name }
  firehose_name              = module.ingestion.firehose_name
  firehose_buffering_seconds = coalesce(var.firehose.buffering_seconds, 300)
  state_machine_arn          = module.retraining.state_machine_arn
  retraining_enabled         = coalesce(var.retraining.enabled, true)
  alarms                     = var.alarms
  budget                     = var.budget

  campaigns = { for model, settings in var.models : model => {
    arn                     = module.personalize.campaign_arns[model]
    ranks                   = strcontains(settings.recipe, "ranking")
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
    module.serving,
    module.http_api,
    module.notifications,
    module.retraining,
    module.monitoring,
    aws_ssm_parameter.published,
  ]
}
