locals {
  regional = { for service in [
    "apigateway", "athena", "cloudwatch", "dynamodb", "events", "firehose", "glue", "kinesis", "kms", "lambda", "logs", "personalize",
    "scheduler", "sns", "sqs", "ssm", "states",
  ] : service => "arn:${var.account.partition}:${service}:${var.account.region}:${var.account.id}" }

  keys     = var.kms_key_arn == null ? ["${local.regional.kms}:key/*"] : compact([var.kms_key_arn, var.visitor_key_arn])
  alias    = "${local.regional.kms}:alias/${var.prefix}"
  apis     = "arn:${var.account.partition}:apigateway:${var.account.region}::/apis"
  bucket   = "arn:${var.account.partition}:s3:::${var.prefix}-*"
  objects  = "arn:${var.account.partition}:s3:::${var.prefix}-*/*"
  packages = "arn:${var.account.partition}:s3:::${var.prefix}-packages-*/*"
  mappings = "arn:${var.account.partition}:s3:::${var.prefix}-pets-*/mappings/*"
  seed     = "arn:${var.account.partition}:s3:::${var.prefix}-seed-*/*"
  site     = "arn:${var.account.partition}:s3:::${var.prefix}-site-*/*"
  budget   = "arn:${var.account.partition}:budgets::${var.account.id}:budget/${var.prefix}-*"
  board    = "arn:${var.account.partition}:cloudwatch::${var.account.id}:dashboard/${var.prefix}"
  role     = "arn:${var.account.partition}:iam::${var.account.id}:role/${var.prefix}-*"
  function = "${local.regional["lambda"]}:function:${var.prefix}-*"
  # Its id, which nobody knows before.
  mapping  = "${local.regional["lambda"]}:event-source-mapping:*"
  database = replace(var.prefix, "-", "_")
  # An action on something in the catalog needs all that contains it.
  database_arns = ["${local.regional.glue}:catalog", "${local.regional.glue}:database/${local.database}"]
  catalog       = concat(local.database_arns, ["${local.regional.glue}:table/${local.database}/*"])
  groups        = "${local.regional.logs}:log-group:/aws/*${var.prefix}-*"

  # Their ARNs end with ids, not with their names.
  cloudfront = [for kind in ["distribution", "origin-access-control", "response-headers-policy"] :
    "arn:${var.account.partition}:cloudfront::${var.account.id}:${kind}/*"
  ]

  personalize = { for kind in ["campaign", "dataset", "dataset-group", "dataset-import-job", "filter", "schema", "solution"] :
    kind => "${local.regional.personalize}:${kind}/${var.prefix}*"
  }
  # Its ARN ends with an id, not with its name.
  tracker = "${local.regional.personalize}:event-tracker/*"

  parameters = "${local.regional.ssm}:parameter/animal-recommender/${var.environment}/*"

  # Deployer -> its statements. With workspaces, which `make` selects, the S3 backend keeps states under env:/.
  states = var.state == null ? [] : [for key in [var.state.key_prefix, "env:/*/${var.state.key_prefix}"] :
    "arn:${var.account.partition}:s3:::${var.state.bucket}/${key}*"
  ]
  state_bucket = var.state == null ? [] : ["arn:${var.account.partition}:s3:::${var.state.bucket}"]
  state_keys   = compact([try(var.state.kms_key_arn, null)])
  statements = { for deployer, statements in {
    plan = concat(local.plan, [
      { sid = "FindState", actions = ["s3:ListBucket"], resources = local.state_bucket },
      { sid = "ReadState", actions = ["s3:GetObject"], resources = local.states },
      { sid = "LockState", actions = ["s3:DeleteObject", "s3:PutObject"], resources = [for state in local.states : "${state}.tflock"] },
      { sid = "StateKey", actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = local.state_keys },
    ])
    apply   = concat([{ sid = "WriteState", actions = ["s3:PutObject"], resources = local.states }], local.apply)
    destroy = concat([{ sid = "WriteState", actions = ["s3:PutObject"], resources = local.states }], local.destroy)
  } : deployer => [for statement in statements : statement if length(statement.resources) > 0] }

  # A managed policy may have 6,144 characters, so each is made in two parts:
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  parts = merge([for deployer, statements in local.statements : {
    "${deployer}-1" = slice(statements, 0, local.halves[deployer])
    "${deployer}-2" = slice(statements, local.halves[deployer], length(statements))
  }]...)

  # How many statements make up the first half of the characters: those whose middle is in it.
  halves = { for deployer, statements in local.statements : deployer => length([
    for number in range(length(statements)) : number
    if length(jsonencode(slice(statements, 0, number))) + length(jsonencode(slice(statements, 0, number + 1))) <= length(jsonencode(statements))
  ]) }
}

data "aws_iam_policy_document" "this" {
  #checkov:skip=CKV_AWS_356:Each statement says why it has no names: its actions do not support them
  #checkov:skip=CKV_AWS_109:Who applies creates roles, with the prefix of the environment only
  #checkov:skip=CKV_AWS_111:Each statement says why it has no names: its actions do not support them
  for_each = local.parts

  dynamic "statement" {
    for_each = each.value

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try([statement.value.passed_to], [])

        content {
          test     = "StringEquals"
          variable = "iam:PassedToService"
          values   = [for service in condition.value : "${service}.amazonaws.com"]
        }
      }
    }
  }
}
