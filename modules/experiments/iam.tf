resource "aws_iam_role" "firehose" {
  name               = local.name
  description        = "Firehose writes exposures of experiments"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy" "firehose" {
  name   = "calls"
  role   = aws_iam_role.firehose.name
  policy = data.aws_iam_policy_document.firehose.json
}

data "aws_iam_policy_document" "assume_role" {
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
    sid = "FindExposureBucket"
    # Unused here: s3:GetBucketLocation, s3:ListBucket, s3:ListBucketMultipartUploads - the local Firehose puts objects
    #   whole and at once; the real one looks for the bucket and for uploads that it left behind
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.raw_bucket_arn]
  }

  statement {
    sid = "WriteExposures"
    # Unused here: s3:AbortMultipartUpload, s3:GetObject - the local Firehose uploads no object in parts
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    resources = ["${var.raw_bucket_arn}/exposures/*"]
  }

  statement {
    sid = "WriteErrors"
    # Unused here: s3:AbortMultipartUpload, s3:GetObject, s3:PutObject - only what cannot be delivered is an error
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    resources = ["${var.raw_bucket_arn}/errors/*"]
  }

  statement {
    sid = "EncryptExposures"
    # Unused here: kms:Decrypt - for uploads in parts
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.account.region}.amazonaws.com"]
    }
  }

  statement {
    sid = "LogExposureErrors"
    # Unused here: logs:PutLogEvents - only for deliveries that fail, and none does
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.firehose.arn}:log-stream:*"]
  }
}
