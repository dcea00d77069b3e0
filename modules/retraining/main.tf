locals {
  name              = "${var.prefix}-retraining"
  state_machine_arn = "arn:${var.account.partition}:states:${var.account.region}:${var.account.id}:stateMachine:${local.name}"

  # As plan_retraining reads them (functions/animal_recommender/retraining/run_state.py, Model).
  models = [for name, model in var.models : {
    name                   = name
    kind                   = strcontains(model.recipe, "ranking") ? "ranking" : "recommendations"
    solutionArn            = var.solution_arns[name]
    campaignArn            = var.campaign_arns[name]
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

  # How often a state looks, and how long it waits in all.
  waiting = {
    trainingPollSeconds    = var.settings.training_poll_seconds
    trainingTimeoutSeconds = var.settings.training_timeout_seconds
    campaignPollSeconds    = var.settings.campaign_poll_seconds
    campaignTimeoutSeconds = var.settings.campaign_timeout_seconds
  }

  # Function -> what sets it apart; what each may call is in iam.tf.
  functions = {
    plan_retraining = {
      description = "Says which models a run is about, by which rules, and whether an older run is under way."
      environment = { MODELS = jsonencode(local.models), WAITING = jsonencode(local.waiting) }
    }
    check_interactions = {
      description = "Decides whether a training of one model is due; sees that automatic training is off."
      environment = { PUT_EVENTS_SERVICE = var.put_events_function_name }
    }
    create_solution_version = {
      description = "Starts one training, once for each run."
      environment = {}
    }
    describe_solution_version = {
      description = "Says how far a training is."
      environment = {}
    }
    stop_solution_version = {
      description = "Stops what a run left in training, so that no paid training outlives its run."
      environment = {}
    }
    evaluate_solution_version = {
      description = "Decides whether a trained version is good enough to serve."
      environment = {}
    }
    update_campaign = {
      description = "Asks a campaign to serve another solution version."
      environment = {}
    }
    describe_campaign = {
      description = "Says whether a campaign serves what was asked for."
      environment = {}
    }
    verify_campaign = {
      description = "The canary: asks a campaign as an app would, and says whether the answers make sense."
      environment = {
        FALLBACK_BUCKET       = var.fallback.bucket
        FALLBACK_KEY          = var.fallback.key
        FALLBACK_CAMPAIGN_ARN = var.fallback.campaign_arn
      }
    }
    report_outcome = {
      description = "Tells people, the ledger and CloudWatch what a run came to for one model."
      environment = { TOPIC_ARN = var.topic_arn, LEDGER_PREFIX = var.ledger_prefix }
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

  # A state machine whose role has no policy yet could not even be made: it tests its log delivery.
  depends_on = [aws_iam_role_policy.state_machine]
}

# Log groups of this prefix need no resource policy of their own, of which an account may have only ten.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:Retention is a setting of the environment; prod.tfvars sets a year
  name              = "/aws/vendedlogs/states/${local.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}
