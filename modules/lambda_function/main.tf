locals {
  # The key is in the function's account and region. The ARN of the resource would be a cycle: the policy comes first.
  key_arn = split(":", var.platform.kms_key_arn)
  arn     = "arn:${local.key_arn[1]}:lambda:${local.key_arn[3]}:${local.key_arn[4]}:function:${var.name}"

  package      = "${var.platform.package_directory}/${var.package}.zip"
  package_hash = fileexists(local.package) ? filebase64sha256(local.package) : null

  environment = merge(
    {
      ENVIRONMENT                  = var.platform.environment
      POWERTOOLS_LOG_LEVEL         = var.platform.log_level
      POWERTOOLS_METRICS_NAMESPACE = "AnimalRecommender"
      POWERTOOLS_SERVICE_NAME      = var.name
    },
    var.environment,
    var.visitor_tokens == null ? {} : {
      VISITOR_KEY_ID           = var.visitor_tokens.key_arn
      VISITOR_TOKEN_DAYS       = var.visitor_tokens.days
      VISITOR_TOKEN_GENERATION = var.visitor_tokens.generation
    },
  )

  # Lambda allows 4 KB for all names and values: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  # Whether that includes the syntax of JSON is not documented, so it is counted. Base64 has 4 characters for 3 bytes.
  environment_bytes = length(base64encode(jsonencode(local.environment))) * 3 / 4
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
    variables = local.environment
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

  lifecycle {
    precondition {
      condition     = local.environment_bytes <= 4096
      error_message = "The environment of function ${var.name} would have ${ceil(local.environment_bytes)} bytes. Lambda allows 4096. Its largest variables: ${join(", ", slice(reverse(sort([for name, value in local.environment : format("%05d bytes %s", length(value), name)])), 0, 3))}. Use fewer or shorter models, filters or canary groups."
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

# Lambda bills the snapshot of every published version, and publishing deletes none. The version that was live before
# stays too, to go back to by hand.
resource "terraform_data" "old_versions" {
  count = var.settings.snap_start ? 1 : 0

  triggers_replace = [aws_lambda_alias.live.function_version]

  provisioner "local-exec" {
    interpreter = [var.platform.scripts.python, "-m", "scripts.provision.function_versions"]
    command     = "prune"
    environment = {
      AWS_DEFAULT_REGION = local.key_arn[3]
      AWS_REGION         = local.key_arn[3]
      FUNCTION_NAME      = aws_lambda_function.this.function_name
      PYTHONPATH         = join(":", var.platform.scripts.python_path)
      PYTHONSAFEPATH     = "1"
    }
  }
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.settings.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.settings.provisioned_concurrency
}
