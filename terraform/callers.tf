# Policies for the app: attach one to the role that an app has. They grant what the app calls, and nothing else.

locals {
  parameter_arn = "arn:${local.account.partition}:ssm:${local.account.region}:${local.account.id}:parameter${local.parameter_path}"

  # Caller -> what it does: actions on resources. `via` names the service that uses the key for the caller.
  callers = { for caller, calls in {
    stream_writer = [
      { sid = "FindStream", actions = ["ssm:GetParameter"], resources = ["${local.parameter_arn}/stream-name"] },
      { sid = "PutEvents", actions = ["kinesis:PutRecord", "kinesis:PutRecords"], resources = [module.ingestion.stream_arn] },
      # https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
      { sid = "EncryptEvents", actions = ["kms:GenerateDataKey"], resources = [module.encryption.key_arn], via = "kinesis" },
    ]
    function_caller = [
      { sid = "FindFunctions", actions = ["ssm:GetParameter"], resources = [for name in keys(local.app_aliases) : "${local.parameter_arn}/functions/${name}"] },
      { sid = "InvokeAliases", actions = ["lambda:InvokeFunction"], resources = values(local.app_aliases) },
    ]
    pets_writer = [
      { sid = "FindPets", actions = ["ssm:GetParameter"], resources = [for name in ["functions/put_pets", "pets-bucket"] : "${local.parameter_arn}/${name}"] },
      { sid = "PutPets", actions = ["lambda:InvokeFunction"], resources = [module.pets.put_pets_alias_arn] },
      { sid = "PutFeeds", actions = ["s3:PutObject"], resources = ["${module.storage.pets_bucket_arn}/feeds/*"] },
      # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html: Decrypt for uploads in several parts.
      { sid = "EncryptFeeds", actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = [module.encryption.key_arn], via = "s3" },
    ]
    http_api_pets_writer = [
      { sid = "FindApi", actions = ["ssm:GetParameter"], resources = ["${local.parameter_arn}/front-door-url"] },
      { sid = "PutPets", actions = ["execute-api:Invoke"], resources = flatten(module.http_api[*].pets_invoke_arns) },
    ]
    http_api_caller = [
      { sid = "FindApi", actions = ["ssm:GetParameter"], resources = ["${local.parameter_arn}/front-door-url"] },
      { sid = "CallApi", actions = ["execute-api:Invoke"], resources = module.http_api[*].invoke_arn },
    ]
    # With jwt an API takes tokens, and no policy counts.
  } : caller => calls if !startswith(caller, "http_api_") || try(var.http_api.jwt, "no API") == null }

  # The functions that apps call, by their alias: only the alias has provisioned concurrency and SnapStart.
  app_aliases = merge(module.serving.alias_arns, {
    accept_events = module.ingestion.accept_events.alias_arn
    get_history   = module.history.get_history_alias_arn
  })

  # Not one(module.browser_api[*]…): that would depend on the whole module, whose routes depend on the functions.
  visitor_tokens = var.browser_api == null ? null : module.browser_api[0].visitor_tokens
}

data "aws_iam_policy_document" "caller" {
  for_each = local.callers

  dynamic "statement" {
    for_each = each.value

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try([statement.value.via], [])

        content {
          test     = "StringEquals"
          variable = "kms:ViaService"
          values   = ["${condition.value}.${local.account.region}.amazonaws.com"]
        }
      }
    }
  }
}
