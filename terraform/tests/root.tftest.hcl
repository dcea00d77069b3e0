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
    condition     = length(output.function_names) == 21
    error_message = "All 21 functions must be in the output."
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

run "given_v2_recipes_when_planned_then_applications_count_most_and_views_least_unless_the_model_says_otherwise" {
  command = plan
  variables {
    models = {
      recommender = { recipe = "aws-user-personalization-v2" }
      reranker    = { recipe = "aws-personalized-ranking-v2", events = {} }
      old         = { recipe = "aws-user-personalization" }
    }
  }

  assert {
    condition     = { for type, event in local.models.recommender.events : type => event.weight } == { Application = 1, DetailView = 0.2, Favorite = 0.5 }
    error_message = "By default an application must count more than a favourite, and a favourite more than a view."
  }
  assert {
    condition     = length(local.models.reranker.events) == 0 && length(local.models.old.events) == 0
    error_message = "A model may have no weights, and a v1 recipe takes none."
  }
}

run "given_events_that_no_app_sends_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization-v2", events = { detail_view = { weight = 1 } } } }
  }
  expect_failures = [var.models]
}

run "given_models_of_similar_and_trending_pets_when_planned_then_each_has_its_function_and_without_them_there_are_none" {
  command = plan
  variables {
    models = {
      recommender = { recipe = "aws-user-personalization" }
      similar     = { recipe = "aws-similar-items" }
      trending    = { recipe = "aws-trending-now" }
    }
    http_api = {}
  }

  assert {
    condition     = [for name in ["recommend", "rerank", "similar", "trending"] : contains(keys(output.function_names), name)] == [true, false, true, true]
    error_message = "A function must exist with its model, and only then."
  }
  assert {
    condition     = [for name in ["rerank", "similar", "trending"] : contains(keys(local.functions), name)] == [false, true, true]
    error_message = "Other tools must see only functions that exist."
  }
  assert {
    condition     = length(local.models.similar.canary.item_ids) > 0 && length(local.models.trending.canary.item_ids) == 0
    error_message = "The canary must have items to ask similar ones for."
  }
  assert {
    condition     = length(setsubtract(["similar", "trending"], keys(module.http_api[0].routes))) == 0 && contains(keys(local.app_aliases), "similar")
    error_message = "Apps must be able to call the functions."
  }
}

run "given_another_recipe_for_similar_pets_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization" }, similar = { recipe = "aws-trending-now" } }
  }
  expect_failures = [var.models]
}

run "given_batches_when_planned_then_their_functions_are_deployed" {
  command = plan
  variables {
    batch = { filter = "not-applied-for" }
  }

  assert {
    condition     = length(setsubtract(["check_batch", "start_batch"], keys(output.function_names))) == 0 && contains(keys(local.functions), "start_batch")
    error_message = "The two functions must be deployed and published."
  }
}

run "given_a_batch_with_a_filter_that_needs_values_when_planned_then_refused" {
  command = plan
  variables {
    batch = { filter = "species" }
  }
  expect_failures = [var.batch]
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
    condition     = keys(module.http_api[0].routes) == ["accept_events", "change_pets", "get_history", "put_pets", "recommend", "remove_pets", "rerank"] && contains(keys(aws_ssm_parameter.published), "front-door-url")
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

run "given_event_types_when_planned_then_they_are_published_for_the_apps" {
  command = plan
  variables {
    event_types = ["DetailView", "Favorite", "Application", "浏览"]
  }

  assert {
    condition     = tolist(jsondecode(aws_ssm_parameter.published["event-types"].value)) == var.event_types
    error_message = "Apps must find the event types in SSM."
  }
}

run "given_no_event_types_when_planned_then_refused" {
  command = plan
  variables {
    event_types = []
    filters     = {}
  }
  expect_failures = [var.event_types]
}

run "given_more_event_types_than_personalize_takes_when_planned_then_refused" {
  command = plan
  variables {
    event_types = concat(["DetailView", "Favorite", "Application"], [for number in range(8) : "Type${number}"])
  }
  expect_failures = [var.event_types]
}

run "given_an_event_type_twice_in_different_spellings_when_planned_then_refused" {
  command = plan
  variables {
    event_types = ["DetailView", "detail_view", "Favorite", "Application"]
  }
  expect_failures = [var.event_types]
}

run "given_an_event_type_with_a_space_at_its_end_when_planned_then_refused" {
  command = plan
  variables {
    event_types = ["DetailView ", "Favorite", "Application"]
  }
  expect_failures = [var.event_types]
}

run "given_an_event_type_longer_than_personalize_takes_when_planned_then_refused" {
  command = plan
  variables {
    event_types = [join("", [for number in range(257) : "x"]), "DetailView", "Favorite", "Application"]
  }
  expect_failures = [var.event_types]
}

run "given_filters_of_several_event_types_when_planned_then_each_must_be_known" {
  command = plan
  variables {
    filters = {
      one  = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\", \"Aplication\")"
      any  = "EXCLUDE ItemID WHERE Interactions.event_type IN (\"*\")"
      text = "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($TYPE) AND Items.BREED IN (\"Pug\")"
    }
  }
  expect_failures = [var.filters]
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

run "given_a_folder_without_schemas_when_planned_then_those_of_the_repository_count" {
  command = plan
  variables {
    seed = { directory = "terraform/tests/own_seed" }
  }

  assert {
    condition     = local.seed_schemas == { interactions = "./../seed/schemas/interactions.json", items = "./../seed/schemas/items.json" }
    error_message = "A folder needs no schemas if its columns are those of the example data."
  }
  assert {
    condition     = local.seed_directory == "./../terraform/tests/own_seed"
    error_message = "A relative path must also count from the repository."
  }
}

run "given_no_items_for_the_canary_when_planned_then_it_takes_items_of_the_users_own_data" {
  command = plan
  variables {
    seed = { directory = "tests/own_seed" }
  }

  assert {
    condition     = join("; ", local.models["reranker"].canary.item_ids) == "3-Dwarf, Hotot-1-1; 3-Lop-0-2; 3-Lop-0-1"
    error_message = "The canary must take items that were interacted with and are in items.csv."
  }
}

run "given_a_canary_item_that_is_in_the_data_when_planned_then_it_is_used" {
  command = plan
  variables {
    seed = { directory = "tests/own_seed" }
    models = {
      recommender = { recipe = "aws-user-personalization" }
      reranker    = { recipe = "aws-personalized-ranking", canary = { item_ids = ["3-Lop-0-1", "3-Dwarf, Hotot-1-1"] } }
    }
  }

  assert {
    condition     = join("; ", local.models["reranker"].canary.item_ids) == "3-Lop-0-1; 3-Dwarf, Hotot-1-1"
    error_message = "The user's own choice must count."
  }
}

run "given_a_canary_item_that_is_not_in_the_data_when_planned_then_refused" {
  command = plan
  variables {
    seed = { directory = "tests/own_seed" }
    models = {
      recommender = { recipe = "aws-user-personalization" }
      reranker    = { recipe = "aws-personalized-ranking", canary = { item_ids = ["3-Lop-0-1", "3-Lop-0"] } }
    }
  }
  expect_failures = [var.models]
}

run "given_a_log_retention_that_cloudwatch_does_not_accept_when_planned_then_refused" {
  command = plan
  variables {
    log_retention_days = 42
  }
  expect_failures = [var.log_retention_days]
}

run "given_no_browser_api_when_planned_then_there_is_none_and_no_function_has_a_key_of_tokens" {
  command = plan

  assert {
    condition     = length(module.browser_api) == 0 && output.browser_api_url == null && local.visitor_tokens == null
    error_message = "Without browser_api there must be none."
  }
  assert {
    condition     = length(setintersection(keys(local.function_names), ["create_visitor", "identify_visitor"])) == 0
    error_message = "Without browser_api nobody makes visitors."
  }
}

run "given_a_browser_api_when_planned_then_visitors_have_routes_to_the_functions" {
  command = plan
  variables {
    browser_api = { origins = ["https://www.example.org"], jwt = { issuer = "https://id.example.org", audience = ["site"] } }
  }

  assert {
    condition     = keys(module.browser_api[0].routes) == ["accept_events", "create_visitor", "get_history", "identify_visitor", "recommend", "rerank"] && contains(keys(aws_ssm_parameter.published), "browser-api-url")
    error_message = "A browser sends events, makes a visitor, logs in, and asks."
  }
}

run "given_no_http_api_when_planned_then_its_callers_have_no_policy" {
  command = plan
  variables {
    http_api = null
  }

  assert {
    condition     = toset(keys(data.aws_iam_policy_document.caller)) == toset(["function_caller", "pets_writer", "stream_writer"]) && output.http_api_caller_policy == null
    error_message = "Without an HTTP API there is nothing to call."
  }
}

run "given_an_http_api_with_iam_when_planned_then_its_callers_have_a_policy" {
  command = plan
  variables {
    http_api = {}
  }

  assert {
    condition     = contains(keys(data.aws_iam_policy_document.caller), "http_api_caller")
    error_message = "Callers that sign need a policy."
  }
}

run "given_an_http_api_with_tokens_when_planned_then_its_callers_have_no_policy" {
  command = plan
  variables {
    http_api = { jwt = { issuer = "https://issuer.example.org", audience = ["app"] } }
  }

  assert {
    condition     = output.http_api_caller_policy == null
    error_message = "A policy does not count where a token does."
  }
}

run "given_a_site_when_planned_then_it_publishes_the_example_with_the_client_and_the_pets" {
  command = plan
  variables {
    browser_api = {}
    site        = {}
  }

  assert {
    condition     = length(setsubtract(["index.html", "client/client.js", "pets.jsonl", "pictures/Beagle-1-young.svg"], module.site[0].published)) == 0
    error_message = "The example site needs the client, the pets and their pictures."
  }
  assert {
    condition     = contains(keys(aws_ssm_parameter.published), "site-url")
    error_message = "The address of the site must be published."
  }
}

run "given_a_site_without_an_api_when_planned_then_refused" {
  command = plan
  variables {
    site = {}
  }
  expect_failures = [var.site]
}

run "given_age_limits_that_do_not_ascend_when_planned_then_refused" {
  command = plan
  variables {
    pets = { age_limits = [1, 3, 3, 10] }
  }
  expect_failures = [var.pets]
}

run "given_too_few_age_limits_when_planned_then_refused" {
  command = plan
  variables {
    pets = { age_limits = [0.5, 8] }
  }
  expect_failures = [var.pets]
}

run "given_other_age_limits_when_planned_then_commands_find_them_too" {
  command = plan
  variables {
    pets = { age_limits = [0.5, 2, 8, 12] }
  }

  assert {
    condition     = aws_ssm_parameter.published["age-limits"].value == "[0.5,2,8,12]"
    error_message = "make pets needs the age limits of the deployment."
  }
}

run "given_an_experiment_when_planned_then_its_function_may_ask_the_models_of_its_arms" {
  command = plan
  variables {
    models = {
      recommender = { recipe = "aws-user-personalization" }
      challenger  = { recipe = "aws-user-personalization-v2" }
    }
    experiments = {
      new-model = {
        arms     = { now = { share = 0.9, shows = "recommender" }, new = { share = 0.1, shows = "challenger" } }
        end_date = "2027-03-31"
      }
    }
  }

  assert {
    condition     = local.experiment_models == { recommend = toset(["challenger", "recommender"]) } && length(module.experiments) == 1
    error_message = "The function must get the campaigns of both models."
  }
}

run "given_no_experiment_when_planned_then_nothing_is_made_for_one" {
  command = plan

  assert {
    condition     = length(module.experiments) == 0
    error_message = "A deployment without experiments must not pay for them."
  }
}

run "given_an_arm_with_an_unknown_model_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "nobody" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31" } }
  }
  expect_failures = [var.experiments]
}

run "given_an_outcome_that_no_app_sends_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, primary_outcome = "Adoption", end_date = "2027-03-31" } }
  }
  expect_failures = [var.experiments]
}
