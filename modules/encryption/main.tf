locals {
  personalize_actions = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]
}

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
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
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

  # A statement of its own: DescribeKey has no encryption context, so the condition above never holds for it.
  statement {
    sid       = "LogGroupsDescribe"
    actions   = ["kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.account.region}.amazonaws.com"]
    }
  }

  # Personalize uses the key as a service and with its role, and the policy must name both. AWS's own example has no
  # condition, and no page says whether Personalize sends aws:SourceAccount when it uses a key:
  # https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
  statement {
    sid       = "PersonalizeDatasets"
    actions   = local.personalize_actions
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }

    dynamic "condition" {
      for_each = var.personalize.check_source_account ? [var.account.id] : []

      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }

  statement {
    sid       = "PersonalizeRole"
    actions   = local.personalize_actions
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [var.personalize.role_arn]
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
