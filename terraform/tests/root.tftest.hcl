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
    error_message = "Every function name must begin with the environment."
  }
  assert {
    condition     = alltrue([for arn in values(output.campaign_arns) : strcontains(arn, "campaign/${var.environment}-animal-recommender-")])
    error_message = "Every campaign name must begin with the environment."
  }
  assert {
    condition     = alltrue([for parameter in aws_ssm_parameter.published : startswith(parameter.name, "/animal-recommender/${var.environment}/")])
    error_message = "Every SSM parameter must be under the path of the environment."
  }
  assert {
    condition     = length(output.function_names) == 15
    error_message = "All 15 functions must be in the output."
  }
}

run "given_tags_when_planned_then_they_are_added_to_the_standard_ones" {
  command = plan
  variables {
    tags = { Team = "adoption" }
  }

  assert {
    condition     = local.tags == { Application = "animal-recommender", Environment = var.environment, ManagedBy = "terraform", Team = "adoption" }
    error_message = "The tags must be the standard ones and those of the variable."
  }
}

run "given_a_long_environment_name_when_planned_then_names_are_shortened_with_a_hash" {
  command = plan
  variables {
    environment = "a-preview-of-a-rather-long-topic"
  }

  assert {
    condition     = length(local.prefix) <= 37 && can(regex("-[0-9a-f]{8}$", local.prefix))
    error_message = "A shortened prefix must end with a hash, so that it stays unique."
  }
  assert {
    condition     = alltrue([for name in values(output.function_names) : length(name) <= 64])
    error_message = "Function names must have at most 64 characters."
  }
}

run "given_no_reranker_when_planned_then_there_is_neither_function_nor_campaign" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization" } }
  }

  assert {
    condition     = !contains(keys(output.function_names), "rerank") && keys(output.campaign_arns) == ["recommender"]
    error_message = "Without a reranker there must be neither its function nor its campaign."
  }
}

run "given_no_http_api_when_planned_then_there_is_none" {
  command = plan

  assert {
    condition     = length(module.http_api) == 0 && output.http_api_url == null
    error_message = "The HTTP API must be off by default."
  }
}

run "given_an_http_api_when_planned_then_it_has_routes_to_the_functions_that_apps_call" {
  command = plan
  variables {
    http_api = {}
  }

  assert {
    condition     = keys(module.http_api[0].routes) == ["get_history", "recommend", "rerank"] && contains(keys(aws_ssm_parameter.published), "front-door-url")
    error_message = "The HTTP API must have all routes, and its URL must be published."
  }
}

run "given_settings_of_one_function_when_planned_then_the_others_keep_theirs" {
  command = plan
  variables {
    functions = { recommend = { reserved_concurrency = 50 } }
  }

  assert {
    condition     = local.functions.recommend.reserved_concurrency == 50 && local.functions.recommend.timeout == 10 && local.functions.rerank.timeout == 10
    error_message = "A setting of one function must not change other settings or functions."
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

run "given_no_paths_when_planned_then_they_are_those_of_the_repository" {
  command = plan

  assert {
    condition     = local.package_directory == "./../build" && local.seed_directory == "./../seed"
    error_message = "The default folders must be relative to the module, so that the state is the same on every machine."
  }
}

run "given_a_program_for_the_scripts_when_planned_then_it_is_used" {
  command = plan
  variables {
    python = "/opt/my python/bin/python3"
  }

  assert {
    condition     = local.python == "/opt/my python/bin/python3"
    error_message = "The variable must replace the default."
  }
}

run "given_a_shell_expression_for_python_when_planned_then_refused" {
  command = plan
  variables {
    python = "$(command -v python3)"
  }
  expect_failures = [var.python]
}

run "given_a_folder_without_seed_data_when_planned_then_refused" {
  command = plan
  variables {
    seed = { directory = "../modules" }
  }
  expect_failures = [var.seed]
}

run "given_a_log_retention_that_cloudwatch_does_not_accept_when_planned_then_refused" {
  command = plan
  variables {
    log_retention_days = 42
  }
  expect_failures = [var.log_retention_days]
}
