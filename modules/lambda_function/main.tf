locals {
  package      = "${var.platform.package_directory}/${var.package}.zip"
  package_hash = fileexists(local.package) ? filebase64sha256(local.package) : null
}

# Zips go through S3. The provider creates functions whose zips it uploads itself one after the other, 5 seconds each.
resource "aws_s3_object" "package" {
  bucket      = var.platform.package_bucket
  key         = "${var.name}.zip"
  source      = local.package
  source_hash = local.package_hash

  lifecycle {
    # This is not a validation of the variable, because `terraform destroy` must work without the zips.
    precondition {
      condition     = fileexists(local.package)
      error_message = "The package of function ${var.name} is missing: ${local.package}. Build all packages with `make package`, then plan again."
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:The retention is a setting of the environment; prod.tfvars sets a year
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:The functions are invoked synchronously only (stream, state machine, apps), and then Lambda does not use a dead-letter queue; the event source mappings have their own
  #checkov:skip=CKV_AWS_117:The functions call AWS services only; the variable vpc_config puts them into a VPC
  #checkov:skip=CKV_AWS_272:Zips are reproducible byte for byte and pinned by source_code_hash; code signing needs a signing profile, which an account may not have
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
    # Lambda takes a line without a level for INFO. Metrics (EMF) are such lines, and a stricter filter here would drop
    # them. The logger of the functions applies POWERTOOLS_LOG_LEVEL.
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

  # Without the policy the first calls of the function would fail.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that the stream, the state machine and the apps call."
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.settings.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.settings.provisioned_concurrency
}
