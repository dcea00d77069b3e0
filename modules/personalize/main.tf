locals {
  # Recipes that a model can have: their hyperparameters, and whether they learn from the columns of the items.
  # https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html
  recipes = {
    "aws-user-personalization"    = { hyperparameters = ["bptt", "hidden_dimension", "recency_mask"], reads_items = true }
    "aws-user-personalization-v2" = { hyperparameters = ["apply_recency_bias"], reads_items = true }
    "aws-personalized-ranking"    = { hyperparameters = ["bptt", "hidden_dimension", "recency_mask"], reads_items = true }
    "aws-personalized-ranking-v2" = { hyperparameters = ["apply_recency_bias"], reads_items = true }
    "aws-similar-items"           = { hyperparameters = [], reads_items = true }
    "aws-sims"                    = { hyperparameters = ["min_cointeraction_count", "popularity_discount_factor"], reads_items = false }
    "aws-trending-now"            = { hyperparameters = [], reads_items = false }
    "aws-popularity-count"        = { hyperparameters = [], reads_items = false }
  }

  datasets = {
    interactions = "Interactions"
    items        = "Items"
  }

  names = { for model in keys(var.models) : model => "${var.prefix}-${model}" }

  # The recipe of a solution cannot change, so another recipe means another solution. With a name of its own it can be
  # created and trained while the old one still serves.
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
    # The placeholders for which a request must give values. A dollar sign inside a literal is not a placeholder.
    placeholders = toset(flatten(regexall("\\$([A-Za-z0-9_]+)", replace(expression, "/\"[^\"]*\"/", ""))))
  } }
}

locals {
  # What publish_pets tells of the pets of a group. They are for filters and promotions, not for training: they say what
  # there is, not what somebody likes.
  pet_attributes = ["AVAILABLE_PETS", "LONGEST_WAITING_DAYS"]
  schemas = { for dataset in keys(local.datasets) :
    dataset => jsondecode(file(lookup(var.seed.schemas, dataset, "${var.seed.directory}/schemas/${dataset}.json")))
  }
  missing_attributes = [for name in local.pet_attributes : name if !contains(local.schemas["items"].fields[*].name, name)]
  # The seed's schema with the attributes. Its name has a digest of it, so that a changed one can exist beside it.
  items_schema = jsonencode(merge(local.schemas["items"], {
    fields = concat(local.schemas["items"].fields, [for name in local.missing_attributes : { name = name, type = ["null", "int"] }])
  }))
  items_schema_name = "${var.prefix}-items-${substr(sha256(local.items_schema), 0, 8)}"
}

# Without tags: a change of a tag replaces a resource of these registry types, and its data would be lost.

resource "aws_cloudcontrolapi_resource" "schema" {
  for_each = local.datasets

  type_name = "AWS::Personalize::Schema"
  desired_state = jsonencode({
    Name   = "${var.prefix}-${each.key}"
    Schema = jsonencode(local.schemas[each.key])
  })
}

# The items dataset is created with the seed's schema and changed to this one by a script (scripts.tf), because another
# SchemaArn would replace the dataset. So deployments get the attributes that were made before there were any.
resource "aws_cloudcontrolapi_resource" "items_schema" {
  count = length(local.missing_attributes) > 0 ? 1 : 0

  type_name = "AWS::Personalize::Schema"
  desired_state = jsonencode({
    Name   = local.items_schema_name
    Schema = local.items_schema
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudcontrolapi_resource" "dataset_group" {
  type_name = "AWS::Personalize::DatasetGroup"
  desired_state = jsonencode({
    Name      = var.prefix
    KmsKeyArn = var.kms_key_arn
    RoleArn   = aws_iam_role.this.arn
  })

  depends_on = [terraform_data.role_ready]
}

# Without the DatasetImportJob that the type accepts: if Terraform was killed during the import, the state would not have
# the dataset.
resource "aws_cloudcontrolapi_resource" "dataset" {
  for_each = local.datasets

  type_name = "AWS::Personalize::Dataset"
  desired_state = jsonencode({
    Name            = "${var.prefix}-${each.key}"
    DatasetType     = each.value
    DatasetGroupArn = aws_cloudcontrolapi_resource.dataset_group.id
    SchemaArn       = aws_cloudcontrolapi_resource.schema[each.key].id
  })

  # Not for the creation: a destroy then deletes what remains in the group after this dataset, and a schema that is in use
  # cannot be deleted.
  depends_on = [terraform_data.remaining_datasets, aws_cloudcontrolapi_resource.items_schema]
}

resource "aws_cloudcontrolapi_resource" "event_tracker" {
  type_name = "AWS::Personalize::EventTracker"
  desired_state = jsonencode({
    Name            = "${var.prefix}-events"
    DatasetGroupArn = aws_cloudcontrolapi_resource.dataset_group.id
  })

  # An event tracker needs the interactions dataset.
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

  # A filter expression names columns of the datasets.
  depends_on = [terraform_data.seed_import, terraform_data.items_schema]
}

# The state machine changes daily what a campaign serves, and writes it to the ledger. Terraform owns the parameter, not
# its value.
resource "aws_ssm_parameter" "ledger" {
  #checkov:skip=CKV2_AWS_34:The values are metrics and ARNs of models, which are not secret
  for_each = var.models

  name        = "${var.ledger_path}/${each.key}/ledger"
  description = "What the campaign of ${each.key} serves, and how the last training was judged"
  type        = "String"
  value       = "{}"

  lifecycle {
    ignore_changes = [value]
  }
}
