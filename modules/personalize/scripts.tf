# Scripts do what no registry type covers. Each of them can be run again at any time. They read every input from the
# environment, so no value has to be quoted for a shell, and no shell is started.

locals {
  # The program and the variables that all scripts share. PYTHONSAFEPATH (Python 3.11) keeps the folder in which
  # Terraform runs out of the import path: a folder `scripts` of the caller must not replace ours.
  interpreter = [var.python, "-m"]
  environment = {
    AWS_DEFAULT_REGION = var.account.region
    AWS_REGION         = var.account.region
    PYTHONPATH         = join(":", var.python_path)
    PYTHONSAFEPATH     = "1"
  }

  dataset_group_arn = "${local.arn_prefix}:dataset-group/${var.prefix}"
  seed_files        = [for dataset in keys(local.datasets) : "${var.seed.directory}/${dataset}.csv"]
}

resource "terraform_data" "seed" {
  triggers_replace = concat([var.seed.bucket], [for path in local.seed_files : filesha256(path)])

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.upload_seed"])
    command     = "upload"
    environment = merge(local.environment, {
      POPULAR_LIST_KEY = var.seed.popular_key
      SEED_BUCKET      = var.seed.bucket
      SEED_DIRECTORY   = var.seed.directory
      SEED_REBASE      = var.seed.rebase
    })
  }
}

# Deletes, at destroy, the datasets that Personalize itself made in the group. Terraform destroys this after its own
# datasets and the event tracker, because those depend on it.
resource "terraform_data" "remaining_datasets" {
  input = {
    interpreter = local.interpreter
    environment = merge(local.environment, { DATASET_GROUP_ARN = aws_cloudcontrolapi_resource.dataset_group.id })
  }

  provisioner "local-exec" {
    when        = destroy
    interpreter = concat(self.input.interpreter, ["scripts.provision.datasets"])
    command     = "delete"
    environment = self.input.environment
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.dataset_group]
  }

  # Such a dataset may have one of the schemas, which can only be deleted after it.
  depends_on = [aws_cloudcontrolapi_resource.schema]
}

# Waits, at destroy, until no import into the dataset is under way: only then can the dataset be deleted. This is a
# resource of its own, created before the import, for the same reason as `teardown` below.
#
# A destroy-time provisioner can read only `self`, so its program and its variables are kept in `input`. The fallback
# of each `try` is for state that version 0.1 wrote, see the script.
resource "terraform_data" "end_of_imports" {
  for_each = aws_cloudcontrolapi_resource.dataset

  input = {
    interpreter = local.interpreter
    environment = merge(local.environment, { DATASET_ARN = each.value.id })
  }

  provisioner "local-exec" {
    when        = destroy
    interpreter = concat(try(self.input.interpreter, ["/bin/sh", "${path.module}/earlier_state.sh"]), ["scripts.provision.seed_import"])
    command     = "wait"
    environment = try(self.input.environment, self.input)
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.dataset[each.key]]
  }
}

resource "terraform_data" "seed_import" {
  for_each = terraform_data.end_of_imports

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.seed_import"])
    command     = "create"
    environment = merge(local.environment, {
      DATASET_ARN     = each.value.input.environment.DATASET_ARN
      IMPORT_ROLE_ARN = aws_iam_role.this.arn
      IMPORT_SOURCE   = "s3://${var.seed.bucket}/seed/${each.key}.csv"
    })
  }

  depends_on = [terraform_data.seed, aws_iam_role_policy.this]
}

# Gives the items dataset the attributes of pets. Columns that a dataset gets in this way are not used by the trainings of
# solutions that exist: https://docs.aws.amazon.com/personalize/latest/dg/updating-dataset-schema.html
resource "terraform_data" "items_schema" {
  count = length(aws_cloudcontrolapi_resource.items_schema)

  triggers_replace = [aws_cloudcontrolapi_resource.items_schema[count.index].id, terraform_data.seed_import["items"].id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.dataset_schema"])
    command     = "update"
    environment = merge(local.environment, {
      DATASET_ARN = aws_cloudcontrolapi_resource.dataset["items"].id
      SCHEMA_ARN  = aws_cloudcontrolapi_resource.items_schema[count.index].id
    })
  }
}

# Deletes, at destroy, all that belongs to a model. This is a resource of its own, created before the rest: Terraform
# runs no destroy-time provisioner of a resource whose creation failed or was interrupted, and a campaign that is left
# behind costs money every hour.
resource "terraform_data" "teardown" {
  for_each = local.names

  input = {
    interpreter = local.interpreter
    environment = merge(local.environment, {
      CAMPAIGN_ARN      = local.campaign_arns[each.key]
      DATASET_GROUP_ARN = local.dataset_group_arn
      SOLUTION_PREFIX   = each.value
    })
  }

  provisioner "local-exec" {
    when        = destroy
    interpreter = concat(try(self.input.interpreter, ["/bin/sh", "${path.module}/earlier_state.sh"]), ["scripts.provision.campaign"])
    command     = "delete"
    environment = try(self.input.environment, self.input)
  }

  # Stops trainings that are under way, too.
  provisioner "local-exec" {
    when        = destroy
    interpreter = concat(try(self.input.interpreter, ["/bin/sh", "${path.module}/earlier_state.sh"]), ["scripts.provision.solution"])
    command     = "delete"
    environment = try(self.input.environment, self.input)
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.dataset_group]
  }

  depends_on = [terraform_data.seed_import]
}

locals {
  # Model -> the environment of the script that creates or updates its solution.
  solution_environments = { for model, settings in var.models : model => merge(local.environment, {
    DATASET_GROUP_ARN = local.dataset_group_arn
    EVENTS            = local.events[model]
    EXCLUDED_COLUMNS  = jsonencode(local.recipes[settings.recipe].reads_items ? local.pet_attributes : [])
    HYPERPARAMETERS   = jsonencode(settings.hyperparameters)
    RECIPE_ARN        = local.recipe_arns[model]
    SOLUTION_NAME     = local.solution_names[model]
  }) }

  # Model -> its events as CreateSolution and UpdateSolution take them, in JSON.
  events = { for model, settings in var.models : model => jsonencode([for type, event in settings.events : merge(
    { eventType = type },
    event.weight == null ? {} : { weight = event.weight },
    event.value_threshold == null ? {} : { eventValueThreshold = event.value_threshold },
  )]) }
}

# Not the registry's AWS::Personalize::Solution: that type cannot switch automatic training off, which is on by default.
# Also, a change of the recipe would delete the old solution, and with it the campaign, before the new one is trained.
resource "terraform_data" "solution" {
  for_each = terraform_data.teardown

  input            = { recipe = var.models[each.key].recipe, hyperparameters = var.models[each.key].hyperparameters }
  triggers_replace = [local.solution_names[each.key], each.value.id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.solution"])
    command     = "create"
    environment = local.solution_environments[each.key]
  }

  # An event tracker adds a dataset to the group. A solution that is older than the dataset may not learn from it. And a
  # solution can exclude only columns that there are.
  depends_on = [aws_cloudcontrolapi_resource.event_tracker, terraform_data.items_schema]
}

# A resource of its own, so that other events update the solution. The next training uses them.
resource "terraform_data" "solution_events" {
  for_each = { for model, settings in var.models : model => terraform_data.solution[model] if endswith(settings.recipe, "-v2") }

  triggers_replace = [local.events[each.key]]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.solution"])
    command     = "create"
    environment = local.solution_environments[each.key]
  }
}

resource "terraform_data" "first_solution_version" {
  for_each = terraform_data.solution

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.solution_version"])
    command     = "create"
    environment = merge(local.environment, { SOLUTION_ARN = local.solution_arns[each.key] })
  }
}

locals {
  # Model -> the settings that an existing campaign can be given. An empty value leaves a setting out.
  campaign_settings = { for model, settings in var.models : model => {
    EXPLORATION_ITEM_AGE_CUT_OFF = settings.exploration_item_age_cut_off == null ? "" : tostring(settings.exploration_item_age_cut_off)
    EXPLORATION_WEIGHT           = settings.exploration_weight == null ? "" : tostring(settings.exploration_weight)
    MINIMUM_PROVISIONED_TPS      = tostring(settings.minimum_provisioned_tps)
  } }

  # Model -> the environment of the script that creates or updates its campaign.
  campaign_environments = { for model, name in local.names : model => merge(
    local.environment,
    local.campaign_settings[model],
    {
      CAMPAIGN_NAME    = name
      LEDGER_PARAMETER = aws_ssm_parameter.ledger[model].name
      SOLUTION_ARN     = local.solution_arns[model]
    },
  ) }
}

# Created once. For a new solution the campaign is moved to that solution's first version; until then it serves the
# version of the old solution.
resource "terraform_data" "campaign" {
  for_each = terraform_data.first_solution_version

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.campaign"])
    command     = "create"
    environment = local.campaign_environments[each.key]
  }
}

# A resource of its own, so that another capacity or exploration updates the campaign and leaves alone what it serves.
resource "terraform_data" "campaign_settings" {
  for_each = terraform_data.campaign

  triggers_replace = [local.campaign_settings[each.key]]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.campaign"])
    command     = "create"
    environment = local.campaign_environments[each.key]
  }
}

# Deletes the solutions of earlier recipes once the campaign serves the new one.
resource "terraform_data" "retired_solutions" {
  for_each = terraform_data.campaign

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.solution"])
    command     = "retire"
    environment = merge(local.environment, {
      DATASET_GROUP_ARN  = local.dataset_group_arn
      KEEP_SOLUTION_NAME = local.solution_names[each.key]
      SOLUTION_PREFIX    = local.names[each.key]
    })
  }
}
