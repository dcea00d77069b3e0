# With this role Personalize reads the files of import jobs and of data deletion jobs, and uses the key of the datasets.
resource "aws_iam_role" "this" {
  name               = "${var.prefix}-personalize"
  description        = "Personalize reads its data and uses the key"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy" "this" {
  name   = "calls"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}

# A dataset group fails for good if its role is too new, and Cloud Control does not try again.
resource "terraform_data" "role_ready" {
  triggers_replace = [aws_iam_role.this.unique_id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.new_role"])
    command     = "wait"
    environment = merge(local.environment, {
      READY_AFTER_SECONDS = tostring(var.role_propagation_seconds)
      ROLE_NAME           = aws_iam_role.this.name
    })
  }

  depends_on = [aws_iam_role_policy.this]
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account.id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.arn_prefix}:*"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid = "FindData"
    # Unused here: s3:ListBucket - every import names one file; Personalize asks for the right to list all the same:
    #   https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    actions   = ["s3:ListBucket"]
    resources = [var.seed.bucket_arn]
  }

  statement {
    sid       = "ReadData"
    actions   = ["s3:GetObject"]
    resources = ["${var.seed.bucket_arn}/*"]
  }

  dynamic "statement" {
    for_each = var.writes_batches ? ["${var.seed.bucket_arn}/batch/*"] : []

    content {
      sid       = "WriteBatches"
      actions   = ["s3:PutObject"]
      resources = [statement.value]
    }
  }

  # See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
  statement {
    sid       = "UseKey"
    actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]
    resources = [var.kms_key_arn]
  }
}
