locals {
  name              = "${var.prefix}-retraining"
  state_machine_arn = "arn:${var.account.partition}:states:${var.account.region}:${var.account.id}:stateMachine:${local.name}"

  # What a run may train: the solutions of the models, and the one of Popularity-Count beside them.
  compared              = anytrue([for model in values(var.models) : model.gate.compare_with_popularity])
  trained_solution_arns = concat(values(var.solution_arns), local.compared ? [var.popularity_solution_arn] : [])

  # What the canary asks a campaign for, and how the gate treats missing metrics.
  kinds = { for name, model in var.models : name => (
    strcontains(model.recipe, "ranking") ? "ranking" :
    contains(["aws-similar-items", "aws-sims"], model.recipe) ? "similar" :
    model.recipe == "aws-trending-now" ? "trending" : "recommendations"
  ) }

  # In the form that plan_retraining reads (functions/animal_recommender/retraining/run_state.py, Model).
  models = [for name, model in var.models : {
    name                   = name
    kind                   = local.kinds[name]
    solutionArn            = var.solution_arns[name]
    recipe                 = model.recipe
    campaignArn            = var.campaign_arns[name]
    popularitySolutionArn  = model.gate.compare_with_popularity ? var.popularity_solution_arn : ""
    trainingMode           = model.training_mode
    metric                 = model.gate.metric
    threshold              = model.gate.threshold
    minimumCoverage        = model.gate.minimum_coverage
    regressionTolerance    = model.gate.regression_tolerance
    minimumNewInteractions = coalesce(model.minimum_new_interactions, var.settings.minimum_new_interactions)
    monthlyTrainingHours   = model.monthly_training_hours
    canaryUserIds          = model.canary.user_ids
    canaryItemIds          = model.canary.item_ids
  }]

  # How often the states poll, and how long they wait.
  waiting = {
    trainingPollSeconds    = var.settings.training_poll_seconds
    trainingTimeoutSeconds = var.settings.training_timeout_seconds
    campaignPollSeconds    = var.settings.campaign_poll_seconds
    campaignTimeoutSeconds = var.settings.campaign_timeout_seconds
  }

  # Function -> its settings. iam.tf has what each of them may call.
  functions = {
    plan_retraining = {
      description = "Plans a run: which models, by which rules, and whether an older run is under way."
      environment = { MODELS = jsonencode(local.models), WAITING = jsonencode(local.waiting) }
    }
    check_interactions = {
      description = "Decides whether a training of one model is due, or the model is paused. Keeps automatic training off."
      environment = { PUT_EVENTS_SERVICE = var.put_events_function_name, LEDGER_PREFIX = var.ledger_prefix }
    }
    create_solution_version = {
      description = "Starts one training, once for each run."
      environment = {}
    }
    describe_solution_version = {
      description = "Returns the status of a training."
      environment = {}
    }
    stop_solution_version = {
      description = "Stops the trainings that a run left, so that no billed training goes on after its run."
      environment = {}
    }
    evaluate_solution_version = {
      description = "Decides whether a trained version is good enough to serve."
      environment = {}
    }
    reconcile_campaign = {
      description = "Lets a campaign serve what the ledger says. Completes or undoes interrupted changes."
      environment = { LEDGER_PREFIX = var.ledger_prefix }
    }
    update_campaign = {
      description = "Updates a campaign to a new solution version, after an entry in the ledger."
      environment = { LEDGER_PREFIX = var.ledger_prefix }
    }
    describe_campaign = {
      description = "Returns whether a campaign serves the version that it was updated to."
      environment = {}
    }
    verify_campaign = {
      description = "Canary: calls a campaign as an app does, and checks the answers."
      environment = {
        FALLBACK_BUCKET       = var.fallback.bucket
        FALLBACK_KEY          = var.fallback.key
        FALLBACK_CAMPAIGN_ARN = var.fallback.campaign_arn
      }
    }
    report_outcome = {
      description = "Reports the outcome of a run for one model: by e-mail, to the ledger and to CloudWatch."
      environment = {
        TOPIC_ARN              = var.topic_arn
        LEDGER_PREFIX          = var.ledger_prefix
        PAUSE_AFTER_REJECTIONS = var.settings.pause_after_rejections
      }
    }
  }
}

module "function" {
  source   = "../lambda_function"
  for_each = local.functions

  name        = "${var.prefix}-${replace(each.key, "_", "-")}"
  package     = each.key
  description = each.value.description
  platform    = var.platform
  settings    = try(var.functions[each.key], {})
  policy_json = data.aws_iam_policy_document.function[each.key].json
  environment = each.value.environment
}

resource "aws_sfn_state_machine" "this" {
  name     = local.name
  role_arn = aws_iam_role.state_machine.arn
  type     = "STANDARD"

  definition = templatefile(var.definition_path, {
    for name, function in module.function : "${name}_arn" => function.alias_arn
  })

  encryption_configuration {
    type                              = "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_id                        = var.platform.kms_key_arn
    kms_data_key_reuse_period_seconds = 900
  }

  logging_configuration {
    level                  = "ALL"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  # Without the policy the state machine could not be created, because Step Functions tests the log delivery.
  depends_on = [aws_iam_role_policy.state_machine]
}

# Log groups with this prefix need no resource policy, of which an account can have only ten.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:The retention is a setting of the environment; prod.tfvars sets a year
  name              = "/aws/vendedlogs/states/${local.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}
