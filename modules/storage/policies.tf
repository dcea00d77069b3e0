data "aws_iam_policy_document" "bucket" {
  for_each = local.arns

  source_policy_documents = compact([
    contains(local.data_buckets, each.key) ? data.aws_iam_policy_document.own_key_only[each.key].json : "",
    each.key == "seed" ? data.aws_iam_policy_document.personalize_reads.json : "",
    each.key == "access-logs" ? data.aws_iam_policy_document.log_delivery.json : "",
  ])

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value, "${each.value}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# An upload without these headers is encrypted with the default key of the bucket, which is the right one. The policy refuses
# only headers that ask for another key or another encryption.
data "aws_iam_policy_document" "own_key_only" {
  for_each = local.data_buckets

  statement {
    sid       = "DenyOtherKeys"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["false"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = [var.kms_key_arn]
    }
  }

  statement {
    sid       = "DenyOtherEncryption"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }
  }
}

# Personalize reads the file of an import with its role and as a service: the role and the bucket policy must both allow it.
# AWS's own example has no condition: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
data "aws_iam_policy_document" "personalize_reads" {
  statement {
    sid       = "PersonalizeReads"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [local.arns["seed"], "${local.arns["seed"]}/*"]

    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }

    dynamic "condition" {
      for_each = var.personalize_check_source_account ? [var.account.id] : []

      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }

  dynamic "statement" {
    for_each = var.writes_batches ? ["${local.arns["seed"]}/batch/*"] : []

    content {
      sid       = "PersonalizeWrites"
      actions   = ["s3:PutObject"]
      resources = [statement.value]

      principals {
        type        = "Service"
        identifiers = ["personalize.amazonaws.com"]
      }

      dynamic "condition" {
        for_each = var.personalize_check_source_account ? [var.account.id] : []

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = [condition.value]
        }
      }
    }
  }
}

data "aws_iam_policy_document" "log_delivery" {
  statement {
    sid       = "AccessLogDelivery"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns["access-logs"]}/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account.id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [for noun in local.data_buckets : local.arns[noun]]
    }
  }
}
