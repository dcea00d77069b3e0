locals {
  datasets = {
    interactions = "Interactions"
    items        = "Items"
  }

  names = { for model in keys(var.models) : model => "${var.prefix}-${model}" }

  # Another recipe is another solution: with a name of its own it is made and trained while the old one still serves.
  solution_names = { for model, settings in var.models : model => join("-", [
    local.names[model], substr(sha256(jsonencode([settings.recipe, settings.hyperparameters])), 0, 8),
  ]) }

  recipe_arns = { for model, settings in var.models : model =>
    "arn:${var.account.partition}:personalize:::recipe/${settings.recipe}"
  }

  arn_prefix    = "arn:${var.account.partition}:personalize:${var.account.region}:${var.account.id}"
  solution_arns = { for model, name in local.solution_names : model => "${local.arn_prefix}:solution/${name}" }
  campaign_arns = { for model, name in local.names : model => "${local.arn_prefix}:campaign/${name}" }

  filters = { for name, expression in var.filters : name => {
    arn = "${local.arn_prefix}:filter/${var.prefix}-${name}"
    # What a request must fill in; a dollar sign in a literal is none.
    placeholders = toset(flatten(regexall("\\$([A-Za-z0-9_]+)", replace(expression, "/\"[^\"]*\"/", ""))))
  } }
}

# No tags on any of these: for Personalize's registry types a changed tag means a new resource, and with it lost data.

resource "aws_cloudcontrolapi_resource" "schema" {
  for_each = local.datasets

  type_name = "AWS::Personalize::Schema"
  desired_state = jsonencode({
    Name   = "${var.prefix}-${each.key}"
    Schema = jsonencode(jsondecode(file("${var.seed.directory}/schemas/${each.key}.json")))
  })
}

resource "aws_cloudcontrolapi_resource" "dataset_group" {
  type_name = "AWS::Personalize::DatasetGroup"
  desired_state = jsonencode({
    Name      = var.prefix
    KmsKeyArn = var.kms_key_arn
    RoleArn   = aws_iam_role.this.arn
  })

  depends_on = [aws_iam_role_policy.this]
}

# Without the DatasetImportJob that the type could take: Terraform would lose a dataset if it was killed during the import.
resource "aws_cloudcontrolapi_resource" "dataset" {
  for_each = local.datasets

  type_name = "AWS::Personalize::Dataset"
  desired_state = jsonencode({
    Name            = "${var.prefix}-${each.key}"
    DatasetType     = each.value
    DatasetGroupArn = aws_cloudcontrolapi_resource.dataset_group.id
    SchemaArn       = aws_cloudcontrolapi_resource.schema[each.key].id
  })
}

resource "aws_cloudcontrolapi_resource" "event_tracker" {
  type_name = "AWS::Personalize::EventTracker"
  desired_state = jsonencode({
    Name            = "${var.prefix}-events"
    DatasetGroupArn = aws_cloudcontrolapi_resource.dataset_group.id
  })

  # A tracker writes to the interactions dataset.
  depends_on = [terraform_data.seed_import]
}

resource "aws_cloudcontrolapi_resource" "filter" {
  for_each = var.filters

  type_name = "AWS::Personalize::Filter"
  desired_state = jsonencode({
    Name             = "${var.prefix}-${each.key}"
    DatasetGroupArn  = aws_cloudcontrolapi_resource.dataset_group.id
    FilterExpression = each.value
  })

  # An expression names columns of the datasets.
  depends_on = [terraform_data.seed_import]
}

# What campaigns serve changes daily and is the state machine's, so Terraform keeps only where that is written down.
resource "aws_ssm_parameter" "ledger" {
  #checkov:skip=CKV2_AWS_34:Metrics and ARNs of models, nothing secret
  for_each = var.models

  name        = "${var.ledger_path}/${each.key}/ledger"
  description = "What the campaign of ${each.key} serves, and how the last training was judged"
  type        = "String"
  value       = "{}"

  lifecycle {
    ignore_changes = [value]
  }
}
