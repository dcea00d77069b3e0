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
      "\"${self.input.python}\" ${self.input.scripts}/upload_seed.py",
      "--bucket ${self.input.bucket}",
      "--directory ${var.seed.directory}",
      var.seed.rebase ? "--rebase" : "",
    ])
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }
}

# The registry type cannot say that a solution must not train by itself, which is the service's default.
resource "terraform_data" "automatic_training_off" {
  for_each = aws_cloudcontrolapi_resource.solution

  input = merge(local.run, { solution_arn = each.value.id })

  provisioner "local-exec" {
    command     = "\"${self.input.python}\" ${self.input.scripts}/automatic_training.py off --solution-arn ${self.input.solution_arn}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.solution[each.key]]
  }
}

# All that a model needs undone before its solution can go. By itself and before the rest: Terraform runs no destroy-time
# provisioner of a resource whose creation failed or was interrupted, and a campaign left behind costs money every hour.
resource "terraform_data" "teardown" {
  for_each = terraform_data.automatic_training_off

  input = merge(local.run, {
    campaign_arn = local.campaign_arns[each.key]
    solution_arn = local.solution_arns[each.key]
  })

  provisioner "local-exec" {
    when        = destroy
    command     = "\"${self.input.python}\" ${self.input.scripts}/campaign.py delete --campaign-arn ${self.input.campaign_arn}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  # A solution with a training under way cannot be deleted.
  provisioner "local-exec" {
    when        = destroy
    command     = "\"${self.input.python}\" ${self.input.scripts}/solution_version.py stop --solution-arn ${self.input.solution_arn}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.solution[each.key]]
  }
}

resource "terraform_data" "first_solution_version" {
  for_each = terraform_data.teardown

  input = merge(local.run, { solution_arn = local.solution_arns[each.key] })

  provisioner "local-exec" {
    command     = "\"${self.input.python}\" ${self.input.scripts}/solution_version.py create --solution-arn ${self.input.solution_arn}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.solution[each.key]]
  }
}

locals {
  # Model -> arguments of campaign.py that an existing campaign can be given too.
  campaign_settings = { for model, settings in var.models : model => join(" ", compact([
    "--minimum-provisioned-tps ${settings.minimum_provisioned_tps}",
    settings.exploration_weight == null ? "" : "--exploration-weight ${settings.exploration_weight}",
    settings.exploration_item_age_cut_off == null ? "" : "--exploration-item-age-cut-off ${settings.exploration_item_age_cut_off}",
  ])) }
}

resource "terraform_data" "campaign" {
  for_each = terraform_data.first_solution_version

  input = merge(local.run, {
    identity = "--name ${local.names[each.key]} --solution-arn ${local.solution_arns[each.key]} --ledger-parameter ${aws_ssm_parameter.ledger[each.key].name}"
  })

  provisioner "local-exec" {
    command     = "\"${self.input.python}\" ${self.input.scripts}/campaign.py create ${self.input.identity} ${local.campaign_settings[each.key]}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.solution[each.key]]
  }
}

# By itself, so that another capacity or exploration updates a campaign that goes on serving, instead of replacing it.
resource "terraform_data" "campaign_settings" {
  for_each = terraform_data.campaign

  input            = local.run
  triggers_replace = [local.campaign_settings[each.key]]

  provisioner "local-exec" {
    command     = "\"${self.input.python}\" ${self.input.scripts}/campaign.py create ${each.value.input.identity} ${local.campaign_settings[each.key]}"
    environment = { AWS_DEFAULT_REGION = self.input.region, AWS_REGION = self.input.region }
  }
}
