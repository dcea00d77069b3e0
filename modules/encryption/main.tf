resource "aws_kms_key" "this" {
  description             = "Encrypts all data of ${var.name}"
  deletion_window_in_days = var.deletion_window_in_days
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.this.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

# In a key policy `Resource: *` means this key only.
data "aws_iam_policy_document" "this" {
  #checkov:skip=CKV_AWS_109:In a key policy the resource is the key itself
  #checkov:skip=CKV_AWS_111:In a key policy the resource is the key itself
  #checkov:skip=CKV_AWS_356:In a key policy the resource is the key itself

  # IAM policies of the account decide who else can use the key. Without this statement nobody could administer the key:
  # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.account.partition}:iam::${var.account.id}:root"]
    }
  }

  statement {
    sid       = "LogGroups"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.account.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${var.account.partition}:logs:${var.account.region}:${var.account.id}:log-group:*"]
    }
  }

  statement {
    sid       = "PersonalizeDatasets"
    actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account.id]
    }
  }

  statement {
    sid       = "AlarmsAndBudgetsToTopic"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account.id]
    }
  }

  # Without aws:SourceAccount, because EventBridge does not send it when it publishes to an encrypted topic
  # (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html). The policy of the topic names the rules.
  statement {
    sid       = "RulesToTopic"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }

  # Log delivery receives the log lines of an encrypted state machine in encrypted form.
  statement {
    sid       = "StateMachineLogs"
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:SourceArn"
      values   = ["arn:${var.account.partition}:logs:${var.account.region}:${var.account.id}:*"]
    }
  }
}
