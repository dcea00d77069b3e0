# Run with the variables of an environment: terraform test -var-file=dev.tfvars

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

run "given_an_environment_when_planned_then_every_name_begins_with_it" {
  command = plan

  assert {
    condition     = alltrue([for name in values(output.function_names) : startswith(name, "${var.environment}-animal-recommender-")])
    error_message = "Environments share an account: every name must say whose it is."
  }
  assert {
    condition     = alltrue([for arn in values(output.campaign_arns) : strcontains(arn, "campaign/${var.environment}-animal-recommender-")])
    error_message = "Campaigns too."
  }
  assert {
    condition     = alltrue([for parameter in aws_ssm_parameter.published : startswith(parameter.name, "/animal-recommender/${var.environment}/")])
    error_message = "Apps find an environment under its own path."
  }
  assert {
    condition     = length(output.function_names) == 15
    error_message = "Every function is deployed and published."
  }
}

run "given_an_environment_when_planned_then_it_says_what_differs_in_tags" {
  command = plan
  variables {
    tags = { Team = "adoption" }
  }

  assert {
    condition     = local.tags == { Application = "animal-recommender", Environment = var.environment, ManagedBy = "terraform", Team = "adoption" }
    error_message = "Tags are made once."
  }
}

run "given_a_long_environment_name_when_planned_then_names_are_cut_with_a_hash" {
  command = plan
  variables {
    environment = "a-preview-of-a-rather-long-topic"
  }

  assert {
    condition     = length(local.prefix) <= 37 && can(regex("-[0-9a-f]{8}$", local.prefix))
    error_message = "A cut name must stay unique."
  }
  assert {
    condition     = alltrue([for name in values(output.function_names) : length(name) <= 64])
    error_message = "Lambda's limit is 64."
  }
}

run "given_no_reranker_when_planned_then_neither_function_nor_campaign_is_made" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization" } }
  }

  assert {
    condition     = !contains(keys(output.function_names), "rerank") && keys(output.campaign_arns) == ["recommender"]
    error_message = "What is not wanted must not cost."
  }
}

run "given_nothing_said_of_an_http_api_when_planned_then_there_is_none" {
  command = plan

  assert {
    condition     = length(module.http_api) == 0 && output.http_api_url == null
    error_message = "What is not wanted must not be reachable."
  }
}

run "given_an_http_api_when_planned_then_it_leads_to_the_functions_that_apps_call" {
  command = plan
  variables {
    http_api = {}
  }

  assert {
    condition     = keys(module.http_api[0].routes) == ["get_history", "recommend", "rerank"] && contains(keys(aws_ssm_parameter.published), "front-door-url")
    error_message = "Apps find its address where they find everything else."
  }
}

run "given_settings_of_one_function_when_planned_then_the_others_keep_theirs" {
  command = plan
  variables {
    functions = { recommend = { reserved_concurrency = 50 } }
  }

  assert {
    condition     = local.functions.recommend.reserved_concurrency == 50 && local.functions.recommend.timeout == 10 && local.functions.rerank.timeout == 10
    error_message = "An override replaces one setting."
  }
}

run "given_an_unknown_function_when_planned_then_refused" {
  command = plan
  variables {
    functions = { recomend = { memory_size = 1024 } }
  }
  expect_failures = [var.functions]
}

run "given_a_region_without_personalize_when_planned_then_refused" {
  command = plan
  variables {
    region = "sa-east-1"
  }
  expect_failures = [var.region]
}

run "given_a_name_with_capitals_when_planned_then_refused" {
  command = plan
  variables {
    environment = "Dev"
  }
  expect_failures = [var.environment]
}

run "given_no_recommender_when_planned_then_refused" {
  command = plan
  variables {
    models = { reranker = { recipe = "aws-personalized-ranking" } }
  }
  expect_failures = [var.models]
}

run "given_a_ranking_recipe_for_the_recommender_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-personalized-ranking" } }
  }
  expect_failures = [var.models]
}

run "given_a_folder_without_seed_data_when_planned_then_refused" {
  command = plan
  variables {
    seed = { directory = "../modules" }
  }
  expect_failures = [var.seed]
}

run "given_a_log_retention_that_cloudwatch_does_not_know_when_planned_then_refused" {
  command = plan
  variables {
    log_retention_days = 42
  }
  expect_failures = [var.log_retention_days]
}
