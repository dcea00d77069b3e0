locals {
  package      = "${var.platform.package_directory}/${var.package}.zip"
  package_hash = fileexists(local.package) ? filebase64sha256(local.package) : null
}

# Through S3, because the provider makes functions that it uploads itself one after the other, 5 seconds each.
resource "aws_s3_object" "package" {
  bucket      = var.platform.package_bucket
  key         = "${var.name}.zip"
  source      = local.package
  source_hash = local.package_hash

  lifecycle {
    # Not a validation of the variable: `terraform destroy` must work without the zips.
    precondition {
      condition     = fileexists(local.package)
      error_message = "The package of function ${var.name} is missing: ${local.package}. Build all packages with `make package`, then plan again."
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:Retention is a setting of the environment; prod.tfvars sets a year
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:Invoked synchronously only (stream, state machine, apps), where Lambda never uses a dead-letter queue; the event source mappings have their own
  #checkov:skip=CKV_AWS_117:The functions reach only AWS services; a network of one's own is the option vpc_config
  #checkov:skip=CKV_AWS_272:Zips are reproducible byte for byte and pinned by source_code_hash; signing would need a signing profile that an account may not have
  function_name = var.name
  description   = var.description
  role          = aws_iam_role.this.arn

  s3_bucket         = aws_s3_object.package.bucket
  s3_key            = aws_s3_object.package.key
  s3_object_version = aws_s3_object.package.version_id
  source_code_hash  = local.package_hash
  handler           = "${var.package}.handler.handler"
  runtime           = var.platform.runtime
  architectures     = [var.platform.architecture]
  publish           = true

  memory_size                    = var.settings.memory_size
  timeout                        = var.settings.timeout
  reserved_concurrent_executions = var.settings.reserved_concurrency
  kms_key_arn                    = var.platform.kms_key_arn

  environment {
    variables = merge(
      {
        ENVIRONMENT                  = var.platform.environment
        POWERTOOLS_LOG_LEVEL         = var.platform.log_level
        POWERTOOLS_METRICS_NAMESPACE = "AnimalRecommender"
        POWERTOOLS_SERVICE_NAME      = var.name
      },
      var.environment,
    )
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
    # Lambda takes a line without a level for INFO, and metrics (EMF) are such lines: a stricter
    # filter here would swallow them. The functions' own logger applies POWERTOOLS_LOG_LEVEL.
    application_log_level = var.platform.log_level == "DEBUG" ? "DEBUG" : "INFO"
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "snap_start" {
    for_each = var.settings.snap_start ? [true] : []

    content {
      apply_on = "PublishedVersions"
    }
  }

  dynamic "vpc_config" {
    for_each = var.platform.vpc_config[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  # A function whose role has no policy yet would fail its first calls.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "What the streams, the state machine and the apps call."
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.settings.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.settings.provisioned_concurrency
}
