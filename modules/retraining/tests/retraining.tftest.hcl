mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:test:live" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/test" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:us-east-1:123456789012:stateMachine:test-animal-recommender-retraining" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:us-east-1:123456789012:rule/test" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:test" }
  }
}

variables {
  prefix  = "test-animal-recommender"
  account = { id = "123456789012", region = "us-east-1", partition = "aws" }
  platform = {
    environment        = "test"
    package_directory  = "tests/fixtures"
    package_bucket     = "test-packages"
    runtime            = "python3.13"
    architecture       = "arm64"
    log_level          = "INFO"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }
  models = {
    recommender = { recipe = "aws-user-personalization", monthly_training_hours = 20 }
    reranker    = { recipe = "aws-personalized-ranking", gate = { threshold = 0.3 }, canary = { item_ids = ["a", "b"] }, minimum_new_interactions = 7 }
  }
  solution_arns = {
    recommender = "arn:aws:personalize:us-east-1:123456789012:solution/test-recommender"
    reranker    = "arn:aws:personalize:us-east-1:123456789012:solution/test-reranker"
  }
  campaign_arns = {
    recommender = "arn:aws:personalize:us-east-1:123456789012:campaign/test-recommender"
    reranker    = "arn:aws:personalize:us-east-1:123456789012:campaign/test-reranker"
  }
  put_events_function_name = "test-animal-recommender-put-events"
  fallback = {
    bucket       = "seed"
    bucket_arn   = "arn:aws:s3:::seed"
    key          = "popular.json"
    campaign_arn = "arn:aws:personalize:us-east-1:123456789012:campaign/test-recommender"
  }
  topic_arn       = "arn:aws:sns:us-east-1:123456789012:topic"
  definition_path = "../../step_functions/retraining.asl.json"
  ledger_prefix   = "/animal-recommender/test/models"
}

run "given_solution_versions_when_planned_then_they_are_granted_by_their_own_arns_and_by_those_of_their_solutions" {
  command = plan

  assert {
    condition = alltrue(flatten([for action, function in {
      "personalize:CreateSolutionVersion"       = "create_solution_version"
      "personalize:DescribeSolutionVersion"     = "describe_solution_version"
      "personalize:GetSolutionMetrics"          = "evaluate_solution_version"
      "personalize:StopSolutionVersionCreation" = "stop_solution_version"
      "personalize:UpdateCampaign"              = "update_campaign"
      } : [for arn in values(var.solution_arns) : [for resource in [arn, "${arn}/*"] : anytrue([
        for statement in data.aws_iam_policy_document.function[function].statement :
        contains(statement.actions, action) && contains(statement.resources, resource)
    ])]]]))
    error_message = "It is not documented which of the two ARNs IAM checks."
  }
}

run "given_two_models_when_applied_then_plan_retraining_gets_their_rules" {
  command = apply

  assert {
    condition = jsonencode([for model in local.models : [model.name, model.kind, model.metric, model.threshold, model.minimumNewInteractions]]) == jsonencode([
      ["recommender", "recommendations", "normalized_discounted_cumulative_gain_at_5", null, 1000],
      ["reranker", "ranking", "normalized_discounted_cumulative_gain_at_5", 0.3, 7],
    ])
    error_message = "The default gate must be about NDCG@5, without an absolute threshold."
  }
  assert {
    condition     = local.models[0].monthlyTrainingHours == 20 && local.models[1].monthlyTrainingHours == null
    error_message = "A training budget must be optional."
  }
  assert {
    condition     = jsondecode(local.functions.plan_retraining.environment.WAITING).trainingTimeoutSeconds == 86400
    error_message = "plan_retraining must get the timeouts."
  }
}

run "given_models_of_similar_and_trending_items_when_planned_then_the_canary_asks_each_as_its_recipe_wants" {
  command = plan
  variables {
    models = {
      similar  = { recipe = "aws-sims", canary = { item_ids = ["a"] } }
      trending = { recipe = "aws-trending-now", gate = { metric = "trend_prediction_accuracy" } }
      popular  = { recipe = "aws-popularity-count" }
    }
    solution_arns = { for name in ["similar", "trending", "popular"] : name => "arn:aws:personalize:us-east-1:123456789012:solution/${name}" }
    campaign_arns = { for name in ["similar", "trending", "popular"] : name => "arn:aws:personalize:us-east-1:123456789012:campaign/${name}" }
  }

  assert {
    condition     = { for model in local.models : model.name => model.kind } == { similar = "similar", trending = "trending", popular = "recommendations" }
    error_message = "The kind of a model must follow from its recipe."
  }
  assert {
    condition     = one([for call in local.calls.verify_campaign : length(call.resources) if call.sid == "AskForRecommendations"]) == 3
    error_message = "The canary must be allowed to ask all three campaigns."
  }
}

run "given_a_model_of_similar_items_without_canary_items_when_planned_then_refused" {
  command = plan
  variables {
    models = { similar = { recipe = "aws-similar-items" } }
  }
  expect_failures = [var.models]
}

run "given_the_definition_when_applied_then_all_variables_are_replaced_and_it_is_encrypted_logged_and_traced" {
  command = apply

  assert {
    condition     = !strcontains(aws_sfn_state_machine.this.definition, "$${") && length(jsondecode(aws_sfn_state_machine.this.definition).States) == 5
    error_message = "Every function of the definition must be deployed."
  }
  assert {
    condition     = aws_sfn_state_machine.this.encryption_configuration[0].kms_key_id == var.platform.kms_key_arn && aws_sfn_state_machine.this.tracing_configuration[0].enabled && aws_sfn_state_machine.this.logging_configuration[0].level == "ALL"
    error_message = "Runs must be encrypted, traced and logged."
  }
}

run "given_the_policies_when_applied_then_each_function_calls_what_it_needs_and_no_more" {
  command = apply

  assert {
    condition     = keys(local.calls) == keys(local.functions)
    error_message = "Each function must have a policy of its own."
  }
  assert {
    condition     = alltrue(flatten([for calls in values(local.calls) : [for call in calls : [for action in call.actions : !strcontains(action, "*")]]]))
    error_message = "No action may have a wildcard."
  }
  assert {
    condition = alltrue(flatten([for calls in values(local.calls) : [for call in calls : [
      for resource in call.resources :
      resource != "*" || contains(["cloudwatch:GetMetricData", "personalize:ListSolutionVersions"], join(" ", call.actions))
    ]]]))
    error_message = "Only actions without a resource type may name all resources."
  }
  assert {
    condition     = one([for statement in data.aws_iam_policy_document.state_machine.statement : statement if statement.sid == "Functions"]).actions == toset(["lambda:InvokeFunction"])
    error_message = "The state machine must be allowed to invoke the functions."
  }
}

run "given_a_run_that_breaks_off_when_matched_then_a_mail_is_sent_and_its_training_is_stopped" {
  command = apply

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.broke_off.event_pattern).detail.status == ["ABORTED", "FAILED", "TIMED_OUT"]
    error_message = "The rule must match all three statuses."
  }
  assert {
    condition     = jsonencode(jsondecode(replace(aws_cloudwatch_event_target.stop_training.input_transformer[0].input_template, "<name>", "\"run\""))) == jsonencode({ executionName = "run", solutionArns = values(var.solution_arns) })
    error_message = "The function must get the run and the solutions."
  }
}

run "given_the_schedule_when_applied_then_its_runs_leave_paused_models_out" {
  command = apply

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this.target[0].input) == { scheduled = true }
    error_message = "A run must know that the schedule started it."
  }
  assert {
    condition     = local.functions.report_outcome.environment.PAUSE_AFTER_REJECTIONS == 3
    error_message = "Three rejections in a row must pause a model."
  }
}

run "given_a_model_that_is_compared_with_popularity_when_applied_then_its_solution_is_trained_read_and_stopped_too" {
  command = apply
  variables {
    models = {
      recommender = { recipe = "aws-user-personalization", gate = { compare_with_popularity = true } }
      reranker    = { recipe = "aws-personalized-ranking", canary = { item_ids = ["a", "b"] } }
    }
    popularity_solution_arn = "arn:aws:personalize:us-east-1:123456789012:solution/test-popularity"
  }

  assert {
    condition     = [for model in local.models : model.popularitySolutionArn] == [var.popularity_solution_arn, ""]
    error_message = "Only the model that asks for it must be compared."
  }
  assert {
    condition = alltrue([for function in ["create_solution_version", "describe_solution_version", "evaluate_solution_version", "stop_solution_version"] : anytrue([
      for call in local.calls[function] : contains(call.resources, var.popularity_solution_arn) && contains(call.resources, "${var.popularity_solution_arn}/*")
    ])])
    error_message = "The functions must have access to the versions of Popularity-Count."
  }
  assert {
    condition     = !anytrue(flatten([for function in ["update_campaign", "check_interactions"] : [for call in local.calls[function] : contains(call.resources, var.popularity_solution_arn)]]))
    error_message = "No campaign may serve Popularity-Count."
  }
  assert {
    condition     = strcontains(aws_cloudwatch_event_target.stop_training.input_transformer[0].input_template, var.popularity_solution_arn)
    error_message = "A run that breaks off must not leave a training of Popularity-Count."
  }
}

run "given_no_popularity_solution_when_a_model_is_to_be_compared_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization", gate = { compare_with_popularity = true } } }
  }

  expect_failures = [var.models]
}

run "given_coverage_as_metric_when_a_model_is_to_be_compared_then_refused" {
  command = plan
  variables {
    models                  = { recommender = { recipe = "aws-user-personalization", gate = { metric = "coverage", compare_with_popularity = true } } }
    popularity_solution_arn = "arn:aws:personalize:us-east-1:123456789012:solution/test-popularity"
  }

  expect_failures = [var.models]
}

run "given_too_many_rejections_before_a_pause_when_planned_then_refused" {
  command = plan
  variables {
    settings = { pause_after_rejections = 11 }
  }

  expect_failures = [var.settings]
}

run "given_a_disabled_schedule_when_applied_then_no_run_starts_by_itself" {
  command = apply
  variables {
    settings = { enabled = false }
  }

  assert {
    condition     = aws_scheduler_schedule.this.state == "DISABLED"
    error_message = "The schedule must be disabled."
  }
}

run "given_a_ranking_model_without_canary_items_when_planned_then_refused" {
  command = plan
  variables {
    models        = { reranker = { recipe = "aws-personalized-ranking" } }
    solution_arns = { reranker = "arn:aws:personalize:us-east-1:123456789012:solution/test-reranker" }
    campaign_arns = { reranker = "arn:aws:personalize:us-east-1:123456789012:campaign/test-reranker" }
  }

  expect_failures = [var.models]
}

run "given_an_unknown_metric_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization", gate = { metric = "accuracy" } } }
  }

  expect_failures = [var.models]
}

run "given_more_polls_than_an_execution_can_have_events_for_when_planned_then_refused" {
  command = plan
  variables {
    settings = { training_poll_seconds = 5 }
  }

  expect_failures = [var.settings]
}

run "given_a_malformed_schedule_expression_when_planned_then_refused" {
  command = plan
  variables {
    settings = { schedule_expression = "daily" }
  }

  expect_failures = [var.settings]
}

run "given_no_definition_when_planned_then_refused" {
  command = plan
  variables {
    definition_path = "no-such-file.json"
  }
  expect_failures = [var.definition_path]
}

run "given_as_many_models_as_personalize_allows_when_planned_then_the_defaults_fit_the_history_of_a_run" {
  command = plan
  variables {
    models        = { for name in ["a", "b", "c", "d", "e"] : name => { recipe = "aws-user-personalization" } }
    solution_arns = { for name in ["a", "b", "c", "d", "e"] : name => "arn:aws:personalize:us-east-1:123456789012:solution/${name}" }
    campaign_arns = { for name in ["a", "b", "c", "d", "e"] : name => "arn:aws:personalize:us-east-1:123456789012:campaign/${name}" }
  }

  assert {
    condition     = length(local.models) == 5
    error_message = "Five models must need no other settings."
  }
}
