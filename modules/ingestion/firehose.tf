locals {
  firehose_name = "${var.prefix}-raw-events"
  log_group     = "/aws/kinesisfirehose/${local.firehose_name}"

  # Firehose waits this long for the function's batch, and then again for the object. The default of 60 is not used: the
  # provider does not store parameters with default values and would find a difference in every plan.
  # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/kinesis_firehose_delivery_stream
  transformation_seconds = min(var.firehose.buffering_seconds, 30)
}

# Turns each record, in whatever form it was sent, into one line of JSON for each of its events, and adds the groups of pets
# that events name without them.
module "normalize_events" {
  source = "../lambda_function"

  name        = "${var.prefix}-normalize-events"
  package     = "normalize_events"
  description = "Turns the records of the stream into the lines of the raw store."
  platform    = var.platform
  settings    = var.normalize_events
  policy_json = data.aws_iam_policy_document.normalize_events.json

  environment = {
    PETS_TABLE = var.pets.table
    AGE_LIMITS = jsonencode(var.pets.age_limits)
  }
}

data "aws_iam_policy_document" "normalize_events" {
  statement {
    sid       = "FindPets"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [var.pets.table_arn]
  }

  statement {
    sid       = "DecryptPets"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.account.region}.amazonaws.com"]
    }
  }
}

# Writes the events to S3 as the apps sent them, one JSON object per line: for SQL queries and audits. What holds no event
# is written under errors/processing-failed/ with its bytes.
resource "aws_kinesis_firehose_delivery_stream" "raw_events" {
  #checkov:skip=CKV_AWS_240:Server-side encryption is for direct puts; a delivery stream that reads a Kinesis stream has the encryption of that stream
  #checkov:skip=CKV_AWS_241:Server-side encryption is for direct puts; a delivery stream that reads a Kinesis stream has the encryption of that stream
  name        = local.firehose_name
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.events.arn
    role_arn           = aws_iam_role.firehose.arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = var.raw_bucket_arn
    prefix              = "events/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/"
    file_extension      = ".json.gz"
    compression_format  = "GZIP"
    kms_key_arn         = var.platform.kms_key_arn
    buffering_interval  = var.firehose.buffering_seconds
    buffering_size      = var.firehose.buffering_mib

    processing_configuration {
      enabled = true

      processors {
        type = "Lambda"

        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = module.normalize_events.alias_arn
        }

        # The smallest batch that Firehose allows, because a response has at most 6 MB: gzip of JSON may unpack to 20 times
        # its size, and base64 adds a third.
        parameters {
          parameter_name  = "BufferSizeInMBs"
          parameter_value = "0.2"
        }

        parameters {
          parameter_name  = "BufferIntervalInSeconds"
          parameter_value = local.transformation_seconds
        }
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = aws_cloudwatch_log_stream.firehose.name
    }
  }

  # Without the policy the first reads would fail.
  depends_on = [aws_iam_role_policy.firehose]
}

resource "aws_cloudwatch_log_group" "firehose" {
  #checkov:skip=CKV_AWS_338:The retention is a setting of the environment; prod.tfvars sets a year
  name              = local.log_group
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}

resource "aws_cloudwatch_log_stream" "firehose" {
  name           = "DestinationDelivery"
  log_group_name = aws_cloudwatch_log_group.firehose.name
}

resource "aws_iam_role" "firehose" {
  name               = local.firehose_name
  description        = "Firehose reads the event stream and writes raw events"
  assume_role_policy = data.aws_iam_policy_document.firehose_assume_role.json
}

resource "aws_iam_role_policy" "firehose" {
  name   = "calls"
  role   = aws_iam_role.firehose.name
  policy = data.aws_iam_policy_document.firehose.json
}

data "aws_iam_policy_document" "firehose_assume_role" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account.id]
    }
  }
}

# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
data "aws_iam_policy_document" "firehose" {
  statement {
    sid       = "ReadStream"
    actions   = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = [aws_kinesis_stream.events.arn]
  }

  statement {
    sid       = "DecryptStream"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["kinesis.${var.account.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "TransformRecords"
    actions   = ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"]
    resources = [module.normalize_events.alias_arn]
  }

  statement {
    sid = "FindBucket"
    # Unused here: s3:GetBucketLocation, s3:ListBucket, s3:ListBucketMultipartUploads - the local Firehose puts objects
    #   whole and at once; the real one looks for the bucket and for uploads that it left behind
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.raw_bucket_arn]
  }

  statement {
    sid = "WriteObjects"
    # Unused here: s3:AbortMultipartUpload, s3:GetObject - the local Firehose uploads no object in parts
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    resources = ["${var.raw_bucket_arn}/events/*", "${var.raw_bucket_arn}/errors/*"]
  }

  statement {
    sid = "EncryptObjects"
    # Unused here: kms:Decrypt - for uploads in parts
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.account.region}.amazonaws.com"]
    }
  }

  statement {
    sid = "LogErrors"
    # Unused here: logs:PutLogEvents - only for invocations and deliveries that fail, and none does
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.firehose.arn}:log-stream:*"]
  }
}
