# What apps and operator commands look up by the name of the environment.
resource "aws_ssm_parameter" "published" {
  #checkov:skip=CKV2_AWS_34:The values are names and ARNs, which are not secret; apps can read them without access to the key
  for_each = merge(
    {
      stream-name          = module.ingestion.stream_name
      tracking-id          = module.personalize.tracking_id
      dataset-group-arn    = module.personalize.dataset_group_arn
      personalize-role-arn = module.personalize.role_arn
      history-table        = module.history.table_name
      pets-table           = module.pets.table_name
      pets-bucket          = module.storage.pets_bucket_name
      raw-bucket           = module.storage.raw_bucket_name
      seed-bucket          = module.storage.seed_bucket_name
      firehose-name        = module.ingestion.firehose_name
      athena-workgroup     = module.analytics.workgroup_name
      state-machine        = module.retraining.state_machine_arn
      topic                = module.notifications.topic_arn
      athena-database      = module.analytics.database_name
      event-types          = jsonencode(var.event_types)
      age-limits           = jsonencode(var.pets.age_limits)
    },
    # With the alias: only the alias has provisioned concurrency and SnapStart.
    { for name, function in local.function_names : "functions/${name}" => "${function}:live" },
    { for api in module.http_api : "front-door-url" => api.url },
    { for api in module.browser_api : "browser-api-url" => api.url },
    { for site in module.site : "site-url" => site.url },
    { for model, arn in module.personalize.campaign_arns : "campaigns/${model}" => arn },
    { for name, url in local.dead_letter_queue_urls : "dead-letter-queues/${name}" => url },
  )

  name  = "${local.parameter_path}/${each.key}"
  type  = "String"
  value = each.value
}
