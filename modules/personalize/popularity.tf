# A solution of the recipe Popularity-Count, if the retraining compares models with it. The retraining trains its
# versions; it has no campaign, so it costs nothing between the trainings.

locals {
  popularity_prefix = "${var.prefix}-popularity"
  popularity_recipe = "aws-popularity-count"
  # The scripts find the solutions of a prefix by the digest behind it.
  popularity_name = "${local.popularity_prefix}-${substr(sha256(local.popularity_recipe), 0, 8)}"
}

# As `teardown` in scripts.tf: a resource of its own, created before the solution.
resource "terraform_data" "popularity_teardown" {
  count = var.popularity_baseline ? 1 : 0

  input = {
    interpreter = local.interpreter
    environment = merge(local.environment, {
      DATASET_GROUP_ARN = local.dataset_group_arn
      SOLUTION_PREFIX   = local.popularity_prefix
    })
  }

  # Stops trainings that are under way, too.
  provisioner "local-exec" {
    when        = destroy
    interpreter = concat(self.input.interpreter, ["scripts.provision.solution"])
    command     = "delete"
    environment = self.input.environment
  }

  lifecycle {
    replace_triggered_by = [aws_cloudcontrolapi_resource.dataset_group]
  }

  depends_on = [terraform_data.seed_import]
}

resource "terraform_data" "popularity_solution" {
  count = var.popularity_baseline ? 1 : 0

  triggers_replace = [terraform_data.popularity_teardown[0].id]

  provisioner "local-exec" {
    interpreter = concat(local.interpreter, ["scripts.provision.solution"])
    command     = "create"
    environment = merge(local.environment, {
      DATASET_GROUP_ARN = local.dataset_group_arn
      RECIPE_ARN        = "arn:${var.account.partition}:personalize:::recipe/${local.popularity_recipe}"
      SOLUTION_NAME     = local.popularity_name
    })
  }

  # As for the solutions of the models.
  depends_on = [aws_cloudcontrolapi_resource.event_tracker]
}
