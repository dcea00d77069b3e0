locals {
  functions = merge(
    {
      create_visitor = {
        description = "Issues the token of a new anonymous visitor."
        environment = {}
        policy_json = null
      }
    },
    var.settings.jwt == null ? {} : {
      identify_visitor = {
        description = "Merges an anonymous visitor into the user who has logged in."
        environment = {
          HISTORY_TABLE    = var.history_table.name
          HISTORY_TTL_DAYS = var.history_table.ttl_days
          STREAM_NAME      = var.stream.name
          USER_CLAIM       = var.settings.jwt.user_claim
        }
        policy_json = data.aws_iam_policy_document.identify_visitor.json
      }
    },
  )
}

module "function" {
  source   = "../lambda_function"
  for_each = local.functions

  name           = "${var.prefix}-${replace(each.key, "_", "-")}"
  package        = each.key
  description    = each.value.description
  platform       = var.platform
  settings       = try(var.functions[each.key], {})
  environment    = each.value.environment
  policy_json    = each.value.policy_json
  visitor_tokens = local.visitor_tokens
}

data "aws_iam_policy_document" "identify_visitor" {
  statement {
    sid       = "MarkVisitors"
    actions   = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [var.history_table.arn]
  }

  statement {
    sid       = "PutLogins"
    actions   = ["kinesis:PutRecord"]
    resources = [var.stream.arn]
  }

  statement {
    sid       = "DecryptHistory"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.account.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "EncryptLogins"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["kinesis.${var.account.region}.amazonaws.com"]
    }
  }
}
