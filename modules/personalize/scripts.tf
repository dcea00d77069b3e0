# What no registry type covers is done by scripts that can be repeated at any time. A destroy-time provisioner may
# read only `self`, so everything it needs is in `input`.

locals {
  run = {
    python  = var.python
    region  = var.account.region
    scripts = "${path.module}/../../scripts"
  }

  seed_files = [for dataset in keys(local.datasets) : "${var.seed.directory}/${dataset}.csv"]
}

resource "terraform_data" "seed" {
  input            = merge(local.run, { bucket = var.seed.bucket })
  triggers_replace = concat([var.seed.bucket], [for path in local.seed_files : filesha256(path)])

  provisioner "local-exec" {
    command = join(" ", [
      "\"${self.input.python}\" ${self.input.scripts}/provision/upload_seed.py",
      "--bucket ${self.input.bucket}",
      "--directory '${var.seed.directory}'",
      "--popular-key ${var.seed.popular_key}",
      var.seed.rebase ? "--rebase" : "",
    ])
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }
}

locals {
  dataset_group_arn = "${local.arn_prefix}:dataset-group/${var.prefix}"

  in_region = { AWS_DEFAULT_REGION = var.account.region, AWS_REGION = var.account.region }
}

# A dataset with an import under way cannot be deleted. By itself and before the import, as `teardown` below.
resource "terraform_data" "end_of_imports" {
  for_each = aws_cloudcontrolapi_resource.dataset

  input = merge(local.run, { dataset_arn = each.value.id })

  provisioner "local-exec" {
    when        = destroy
    command     = "\"${self.input.python}\" ${self.input.scripts}/provision/seed_import.py wait --dataset-arn ${self.input.dataset_arn}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.dataset[each.key]]
  }
}

resource "terraform_data" "seed_import" {
  for_each = terraform_data.end_of_imports

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    command = join(" ", [
      "\"${local.run.python}\" ${local.run.scripts}/provision/seed_import.py create --dataset-arn ${each.value.input.dataset_arn}",
      "--source s3://${var.seed.bucket}/seed/${each.key}.csv --role-arn ${aws_iam_role.this.arn}",
    ])
    environment = local.in_region
  }

  depends_on = [terraform_data.seed, aws_iam_role_policy.this]
}

# All that a model has undone, when it or everything goes. By itself and before the rest: Terraform runs no destroy-time
# provisioner of a resource whose creation failed or was interrupted, and a campaign left behind costs money every hour.
resource "terraform_data" "teardown" {
  for_each = local.names

  input = merge(local.run, {
    campaign_arn = local.campaign_arns[each.key]
    solutions    = "--dataset-group-arn ${local.dataset_group_arn} --stem ${each.value}"
  })

  provisioner "local-exec" {
    when        = destroy
    command     = "\"${self.input.python}\" ${self.input.scripts}/provision/campaign.py delete --campaign-arn ${self.input.campaign_arn}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  # Ends trainings that are under way, too.
  provisioner "local-exec" {
    when        = destroy
    command     = "\"${self.input.python}\" ${self.input.scripts}/provision/solution.py delete ${self.input.solutions}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.dataset_group]
  }

  depends_on = [terraform_data.seed_import]
}

# Not the registry's AWS::Personalize::Solution: that one cannot switch automatic training off, which is on unless told
# otherwise, and a change of recipe would take the old solution, and so the campaign, away before the new one is trained.
resource "terraform_data" "solution" {
  for_each = terraform_data.teardown

  input            = { recipe = var.models[each.key].recipe, hyperparameters = var.models[each.key].hyperparameters }
  triggers_replace = [local.solution_names[each.key], each.value.id]

  provisioner "local-exec" {
    command = join(" ", [
      "\"${local.run.python}\" ${local.run.scripts}/provision/solution.py create --name ${local.solution_names[each.key]}",
      "--dataset-group-arn ${local.dataset_group_arn} --recipe-arn ${local.recipe_arns[each.key]}",
      "--hyperparameters '${jsonencode(var.models[each.key].hyperparameters)}'",
    ])
    environment = local.in_region
  }
}

resource "terraform_data" "first_solution_version" {
  for_each = terraform_data.solution

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    command     = "\"${local.run.python}\" ${local.run.scripts}/provision/solution_version.py create --solution-arn ${local.solution_arns[each.key]}"
    environment = local.in_region
  }
}

locals {
  # Model -> arguments of campaign.py that name it, and those that an existing campaign can be given too.
  campaign_identity = { for model, name in local.names : model => join(" ", [
    "--name ${name} --solution-arn ${local.solution_arns[model]}",
    "--ledger-parameter ${aws_ssm_parameter.ledger[model].name}",
  ]) }
  campaign_settings = { for model, settings in var.models : model => join(" ", compact([
    "--minimum-provisioned-tps ${settings.minimum_provisioned_tps}",
    settings.exploration_weight == null ? "" : "--exploration-weight ${settings.exploration_weight}",
    settings.exploration_item_age_cut_off == null ? "" : "--exploration-item-age-cut-off ${settings.exploration_item_age_cut_off}",
  ])) }
}

# Made once; of a new solution it serves the first version, and until that is trained it goes on with the old one's.
resource "terraform_data" "campaign" {
  for_each = terraform_data.first_solution_version

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    command     = "\"${local.run.python}\" ${local.run.scripts}/provision/campaign.py create ${local.campaign_identity[each.key]} ${local.campaign_settings[each.key]}"
    environment = local.in_region
  }
}

# By itself, so that another capacity or exploration updates a campaign that goes on serving what it serves.
resource "terraform_data" "campaign_settings" {
  for_each = terraform_data.campaign

  triggers_replace = [local.campaign_settings[each.key]]

  provisioner "local-exec" {
    command     = "\"${local.run.python}\" ${local.run.scripts}/provision/campaign.py create ${local.campaign_identity[each.key]} ${local.campaign_settings[each.key]}"
    environment = local.in_region
  }
}

# Once the campaign serves the new solution.
resource "terraform_data" "retired_solutions" {
  for_each = terraform_data.campaign

  triggers_replace = [each.value.id]

  provisioner "local-exec" {
    command = join(" ", [
      "\"${local.run.python}\" ${local.run.scripts}/provision/solution.py retire --dataset-group-arn ${local.dataset_group_arn}",
      "--stem ${local.names[each.key]} --keep ${local.solution_names[each.key]}",
    ])
    environment = local.in_region
  }
}
