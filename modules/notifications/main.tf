resource "aws_sns_topic" "this" {
  name              = local.name
  display_name      = "Animal recommender"
  kms_master_key_id = var.kms_key_arn
  policy            = data.aws_iam_policy_document.this.json
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

locals {
  name = "${var.prefix}-notifications"
  arn  = "arn:${var.account.partition}:sns:${var.account.region}:${var.account.id}:${local.name}"

  # Service -> which of its resources may publish: those with the prefix of this environment. For EventBridge there is no
  # condition: it does not support them in the policy of a topic, and a rule would fail without a message
  # (https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification).
  publishers = {
    budgets    = ["arn:${var.account.partition}:budgets::${var.account.id}:*"]
    cloudwatch = ["arn:${var.account.partition}:cloudwatch:${var.account.region}:${var.account.id}:alarm:${var.prefix}-*"]
    events     = []
  }
}

# The policies of their roles allow the functions to publish.
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "AccountAdministers"
    actions   = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:SetTopicAttributes", "sns:Subscribe"]
    resources = [local.arn]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.account.partition}:iam::${var.account.id}:root"]
    }
  }

  dynamic "statement" {
    for_each = local.publishers

    content {
      sid       = "Publish${title(statement.key)}"
      actions   = ["sns:Publish"]
      resources = [local.arn]

      principals {
        type        = "Service"
        identifiers = ["${statement.key}.amazonaws.com"]
      }

      dynamic "condition" {
        for_each = length(statement.value) > 0 ? [statement.value] : []

        content {
          test     = "ArnLike"
          variable = "aws:SourceArn"
          values   = condition.value
        }
      }
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.arn]

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
