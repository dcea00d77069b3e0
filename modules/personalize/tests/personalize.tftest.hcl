mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_iam_role" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:role/test-animal-recommender-personalize" }
  }
  mock_resource "aws_cloudcontrolapi_resource" {
    override_during = plan
    defaults        = { id = "arn:aws:personalize:us-east-1:123456789012:some/test", properties = "{\"TrackingId\":\"t\"}" }
  }
}

variables {
  prefix      = "test-animal-recommender"
  account     = { id = "123456789012", region = "us-east-1", partition = "aws" }
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  ledger_path = "/animal-recommender/test/models"
  python_path = ["../..", "../../functions"]
  seed        = { bucket = "test-seed", bucket_arn = "arn:aws:s3:::test-seed", directory = "../../seed", rebase = true, popular_key = "popular.json" }
  models = {
    recommender = { recipe = "aws-user-personalization", exploration_weight = 0.3, exploration_item_age_cut_off = 30, minimum_provisioned_tps = 2 }
    reranker    = { recipe = "aws-personalized-ranking", hyperparameters = { hidden_dimension = "64" } }
  }
  filters = { species = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)" }
}

run "given_data_when_planned_then_datasets_are_encrypted_and_imported_from_the_seed_bucket" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudcontrolapi_resource.dataset_group.desired_state).KmsKeyArn == var.kms_key_arn
    error_message = "The dataset group must be encrypted with the environment's key."
  }
  assert {
    condition     = keys(terraform_data.seed_import) == ["interactions", "items"] && keys(terraform_data.end_of_imports) == ["interactions", "items"]
    error_message = "Every dataset must have a seed import, and a resource that waits for its end before the dataset is deleted."
  }
  assert {
    condition     = length(jsondecode(jsondecode(aws_cloudcontrolapi_resource.schema["interactions"].desired_state).Schema).fields) == 4
    error_message = "The schema must be the one of the seed."
  }
}

run "given_the_seeds_schema_when_planned_then_another_one_has_the_attributes_of_pets_too" {
  command = plan

  assert {
    condition     = [for field in jsondecode(jsondecode(one(aws_cloudcontrolapi_resource.items_schema[*].desired_state)).Schema).fields : field if contains(["AVAILABLE_PETS", "LONGEST_WAITING_DAYS"], field.name)] == [{ name = "AVAILABLE_PETS", type = ["null", "int"] }, { name = "LONGEST_WAITING_DAYS", type = ["null", "int"] }]
    error_message = "The dataset's second schema must have both attributes, and allow null, as UpdateDataset asks."
  }
  assert {
    condition     = startswith(jsondecode(one(aws_cloudcontrolapi_resource.items_schema[*].desired_state)).Name, "test-animal-recommender-items-") && length(jsondecode(jsondecode(one(aws_cloudcontrolapi_resource.items_schema[*].desired_state)).Schema).fields) == 8
    error_message = "The second schema must have all fields of the first, and a name of its own."
  }
  assert {
    condition     = length(terraform_data.items_schema) == 1
    error_message = "A script must give the dataset its second schema."
  }
}

run "given_a_schema_that_has_the_attributes_when_planned_then_the_dataset_keeps_it" {
  command = plan
  variables {
    seed = {
      bucket      = "test-seed"
      bucket_arn  = "arn:aws:s3:::test-seed"
      directory   = "../../seed"
      schemas     = { items = "tests/items_with_pets.json" }
      rebase      = true
      popular_key = "popular.json"
    }
  }

  assert {
    condition     = length(aws_cloudcontrolapi_resource.items_schema) == 0 && length(terraform_data.items_schema) == 0
    error_message = "A schema with both attributes needs no second one."
  }
}

run "given_two_models_when_planned_then_each_has_solution_training_and_campaign_named_after_it" {
  command = plan

  assert {
    condition     = output.campaign_arns == { recommender = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-recommender", reranker = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-reranker" }
    error_message = "Campaign ARNs must be computed from names."
  }
  assert {
    condition     = terraform_data.solution["reranker"].input == { recipe = "aws-personalized-ranking", hyperparameters = tomap({ hidden_dimension = "64" }) }
    error_message = "A plan must show the recipe and the hyperparameters of the solution."
  }
  assert {
    condition     = can(regex("^arn:aws:personalize:us-east-1:123456789012:solution/test-animal-recommender-reranker-[0-9a-f]{8}$", output.solution_arns["reranker"]))
    error_message = "The name of a solution must have the model and a digest of the recipe, so that the next one can exist beside it."
  }
  assert {
    condition     = alltrue([for steps in [terraform_data.teardown, terraform_data.solution, terraform_data.first_solution_version, terraform_data.campaign, terraform_data.retired_solutions] : keys(steps) == ["recommender", "reranker"]])
    error_message = "Every model must have a solution, a first version, a campaign and their teardown."
  }
}

run "given_no_comparison_when_planned_then_there_is_no_solution_of_popularity_count" {
  command = plan

  assert {
    condition     = length(terraform_data.popularity_solution) == 0 && output.popularity_solution_arn == null
    error_message = "Without a comparison nothing more must be made."
  }
}

run "given_a_comparison_when_planned_then_a_solution_of_popularity_count_is_made_and_removed_by_its_prefix" {
  command = plan
  variables {
    popularity_baseline = true
  }

  assert {
    condition     = can(regex("^arn:aws:personalize:us-east-1:123456789012:solution/test-animal-recommender-popularity-[0-9a-f]{8}$", output.popularity_solution_arn))
    error_message = "The name must have a digest, so that the script finds the solution by its prefix."
  }
  assert {
    condition     = length(terraform_data.popularity_solution) == 1 && terraform_data.popularity_teardown[0].input.environment.SOLUTION_PREFIX == "test-animal-recommender-popularity"
    error_message = "A destroy must find the solution."
  }
}

run "given_a_model_named_popularity_when_planned_then_refused" {
  command = plan
  variables {
    models = { popularity = { recipe = "aws-user-personalization" } }
  }
  expect_failures = [var.models]
}

run "given_capacity_and_exploration_when_planned_then_they_can_change_without_a_new_campaign" {
  command = plan

  assert {
    condition     = terraform_data.campaign_settings["recommender"].triggers_replace[0] == { MINIMUM_PROVISIONED_TPS = "2", EXPLORATION_WEIGHT = "0.3", EXPLORATION_ITEM_AGE_CUT_OFF = "30" }
    error_message = "A change of capacity or exploration must run the script again."
  }
  assert {
    condition     = terraform_data.campaign_settings["reranker"].triggers_replace[0] == { MINIMUM_PROVISIONED_TPS = "1", EXPLORATION_WEIGHT = "", EXPLORATION_ITEM_AGE_CUT_OFF = "" }
    error_message = "A ranking campaign must have no exploration."
  }
  assert {
    condition     = length(terraform_data.campaign["recommender"].triggers_replace) == 1
    error_message = "Only another solution may replace the campaign's resource, not other settings."
  }
}

run "given_scripts_when_planned_then_destroy_finds_its_inputs_in_the_state" {
  command = plan

  assert {
    condition     = terraform_data.teardown["reranker"].input.interpreter == ["python3", "-m"]
    error_message = "The scripts must be run without a shell."
  }
  assert {
    condition = terraform_data.teardown["reranker"].input.environment == {
      AWS_DEFAULT_REGION = "us-east-1"
      AWS_REGION         = "us-east-1"
      CAMPAIGN_ARN       = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-reranker"
      DATASET_GROUP_ARN  = "arn:aws:personalize:us-east-1:123456789012:dataset-group/test-animal-recommender"
      PYTHONPATH         = "../..:../../functions"
      PYTHONSAFEPATH     = "1"
      SOLUTION_PREFIX    = "test-animal-recommender-reranker"
    }
    error_message = "The state must have all inputs of the scripts that destroy runs."
  }
  assert {
    condition     = terraform_data.end_of_imports["items"].input.environment.DATASET_ARN == "arn:aws:personalize:us-east-1:123456789012:some/test"
    error_message = "The state must have the dataset whose imports destroy waits for."
  }
}

run "given_a_shell_expression_for_python_when_planned_then_refused" {
  command = plan
  variables {
    python = "$(command -v python3)"
  }
  expect_failures = [var.python]
}

run "given_no_folder_of_scripts_when_planned_then_refused" {
  command = plan
  variables {
    python_path = []
  }
  expect_failures = [var.python_path]
}

run "given_a_role_when_planned_then_only_personalize_in_this_account_may_assume_it" {
  command = plan

  assert {
    condition     = toset([for condition in one(data.aws_iam_policy_document.assume_role.statement).condition : condition.variable]) == toset(["aws:SourceAccount", "aws:SourceArn"])
    error_message = "The trust policy must have conditions on the account and the source."
  }
}

run "given_a_third_model_when_planned_then_it_has_a_campaign" {
  command = plan
  variables {
    models = {
      recommender = { recipe = "aws-user-personalization" }
      reranker    = { recipe = "aws-personalized-ranking" }
      homepage    = { recipe = "aws-user-personalization-v2", hyperparameters = { apply_recency_bias = "true" } }
    }
  }

  assert {
    condition     = endswith(output.campaign_arns["homepage"], "campaign/test-animal-recommender-homepage")
    error_message = "A model must need nothing but its entry."
  }
}

run "given_events_when_planned_then_they_can_change_without_a_new_solution" {
  command = plan
  variables {
    models = {
      recommender = { recipe = "aws-user-personalization-v2", events = { View = { weight = 0.2 }, Application = {} } }
      reranker    = { recipe = "aws-personalized-ranking" }
    }
  }

  assert {
    condition     = jsondecode(terraform_data.solution_events["recommender"].triggers_replace[0]) == [{ eventType = "Application" }, { eventType = "View", weight = 0.2 }]
    error_message = "A change of the events must run the script again, with the events as UpdateSolution takes them."
  }
  assert {
    condition     = keys(terraform_data.solution_events) == ["recommender"]
    error_message = "Recipes that take no events must have no such resource."
  }
  assert {
    condition     = !strcontains(jsonencode(terraform_data.solution["recommender"].input), "View")
    error_message = "Events must not replace the solution."
  }
}

run "given_models_of_similar_and_trending_items_when_planned_then_only_recipes_that_read_items_exclude_columns" {
  command = plan
  variables {
    models = {
      similar  = { recipe = "aws-similar-items" }
      sims     = { recipe = "aws-sims", hyperparameters = { popularity_discount_factor = "0.3", min_cointeraction_count = "2" } }
      trending = { recipe = "aws-trending-now" }
    }
  }

  assert {
    condition     = { for model, environment in local.solution_environments : model => length(jsondecode(environment.EXCLUDED_COLUMNS)) } == { similar = 2, sims = 0, trending = 0 }
    error_message = "A column can only be excluded from a training that reads the items."
  }
  assert {
    condition     = endswith(output.campaign_arns["similar"], "campaign/test-animal-recommender-similar")
    error_message = "Such a model needs nothing but its entry."
  }
}

run "given_a_hyperparameter_of_another_recipe_when_planned_then_refused" {
  command = plan
  variables {
    models = { similar = { recipe = "aws-similar-items", hyperparameters = { bptt = "8" } } }
  }
  expect_failures = [var.models]
}

run "given_a_discount_above_one_when_planned_then_refused" {
  command = plan
  variables {
    models = { similar = { recipe = "aws-sims", hyperparameters = { popularity_discount_factor = "1.5" } } }
  }
  expect_failures = [var.models]
}

run "given_events_on_a_v1_recipe_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization", events = { View = { weight = 1 } } } }
  }
  expect_failures = [var.models]
}

run "given_a_weight_above_one_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization-v2", events = { View = { weight = 2 } } } }
  }
  expect_failures = [var.models]
}

run "given_only_events_that_weigh_nothing_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization-v2", events = { View = { weight = 0 } } } }
  }
  expect_failures = [var.models]
}

run "given_a_threshold_without_the_column_of_values_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization-v2", events = { View = { value_threshold = 0.5 } } } }
  }
  expect_failures = [var.models]
}

run "given_exploration_on_a_v2_recipe_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization-v2", exploration_weight = 0.3 } }
  }
  expect_failures = [var.models]
}

run "given_a_v1_hyperparameter_on_a_v2_recipe_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization-v2", hyperparameters = { bptt = "32" } } }
  }
  expect_failures = [var.models]
}

run "given_a_hyperparameter_out_of_range_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization", hyperparameters = { hidden_dimension = "8" } } }
  }
  expect_failures = [var.models]
}

run "given_incremental_training_of_a_ranking_recipe_when_planned_then_refused" {
  command = plan
  variables {
    models = { reranker = { recipe = "aws-personalized-ranking", training_mode = "UPDATE" } }
  }
  expect_failures = [var.models]
}

run "given_an_unknown_recipe_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-magic" } }
  }
  expect_failures = [var.models]
}

run "given_no_capacity_when_planned_then_refused" {
  command = plan
  variables {
    models = { recommender = { recipe = "aws-user-personalization", minimum_provisioned_tps = 0 } }
  }
  expect_failures = [var.models]
}

run "given_filters_when_planned_then_the_output_has_the_placeholders_of_each_expression" {
  command = plan
  variables {
    filters = {
      species         = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES) AND Items.CREATION_TIMESTAMP > $SINCE"
      not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\", \"for $5\")"
    }
  }
  assert {
    condition     = output.filters["species"].placeholders == toset(["SPECIES", "SINCE"])
    error_message = "Both placeholders must be in the output."
  }
  assert {
    condition     = length(output.filters["not-applied-for"].placeholders) == 0
    error_message = "A dollar sign in a literal must not be a placeholder."
  }
}

run "given_a_filter_that_is_not_an_expression_when_planned_then_refused" {
  command = plan
  variables {
    filters = { cats = "only cats" }
  }
  expect_failures = [var.filters]
}

run "given_a_schema_that_is_no_json_when_planned_then_refused" {
  command = plan
  variables {
    seed = {
      bucket  = "test-seed", bucket_arn = "arn:aws:s3:::test-seed", directory = "../../seed", rebase = true, popular_key = "popular.json"
      schemas = { items = "../../seed/items.csv" }
    }
  }
  expect_failures = [var.seed]
}

run "given_data_that_are_no_text_when_planned_then_refused" {
  command = plan
  variables {
    seed = { bucket = "test-seed", bucket_arn = "arn:aws:s3:::test-seed", directory = "./tests/unreadable_seed", rebase = true, popular_key = "popular.json", schemas = { items = "../../seed/schemas/items.json", interactions = "../../seed/schemas/interactions.json" } }
  }
  expect_failures = [var.seed]
}
