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
    error_message = "Every dataset has its seed imported, and is deleted only when that has ended."
  }
  assert {
    condition     = length(jsondecode(jsondecode(aws_cloudcontrolapi_resource.schema["interactions"].desired_state).Schema).fields) == 4
    error_message = "The schema is the seed's own."
  }
}

run "given_two_models_when_planned_then_each_has_solution_training_and_campaign_named_after_it" {
  command = plan

  assert {
    condition     = output.campaign_arns == { recommender = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-recommender", reranker = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-reranker" }
    error_message = "Campaign ARNs are computed from names, so that functions need no look-up."
  }
  assert {
    condition     = terraform_data.solution["reranker"].input == { recipe = "aws-personalized-ranking", hyperparameters = tomap({ hidden_dimension = "64" }) }
    error_message = "Recipe and hyperparameters belong to the solution, and a plan shows them."
  }
  assert {
    condition     = can(regex("^arn:aws:personalize:us-east-1:123456789012:solution/test-animal-recommender-reranker-[0-9a-f]{8}$", output.solution_arns["reranker"]))
    error_message = "A solution is named after its model and a digest of its recipe, so that the next one can stand beside it."
  }
  assert {
    condition     = alltrue([for steps in [terraform_data.teardown, terraform_data.solution, terraform_data.first_solution_version, terraform_data.campaign, terraform_data.retired_solutions] : keys(steps) == ["recommender", "reranker"]])
    error_message = "Every model has its solution, first version and campaign, and their end."
  }
}

run "given_capacity_and_exploration_when_planned_then_they_can_change_without_a_new_campaign" {
  command = plan

  assert {
    condition     = terraform_data.campaign_settings["recommender"].triggers_replace[0] == { MINIMUM_PROVISIONED_TPS = "2", EXPLORATION_WEIGHT = "0.3", EXPLORATION_ITEM_AGE_CUT_OFF = "30" }
    error_message = "Capacity and exploration are settings of their own."
  }
  assert {
    condition     = terraform_data.campaign_settings["reranker"].triggers_replace[0] == { MINIMUM_PROVISIONED_TPS = "1", EXPLORATION_WEIGHT = "", EXPLORATION_ITEM_AGE_CUT_OFF = "" }
    error_message = "A ranking campaign has no exploration."
  }
  assert {
    condition     = length(terraform_data.campaign["recommender"].triggers_replace) == 1
    error_message = "Only another solution, never settings, may be what a campaign is made for."
  }
}

run "given_a_role_when_planned_then_only_this_accounts_personalize_may_assume_it" {
  command = plan

  assert {
    condition     = toset([for condition in one(data.aws_iam_policy_document.assume_role.statement).condition : condition.variable]) == toset(["aws:SourceAccount", "aws:SourceArn"])
    error_message = "A trust without conditions could be used for somebody else."
  }
}

run "given_a_third_model_when_planned_then_it_is_one_more_entry" {
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
    error_message = "A model needs nothing but its entry."
  }
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

run "given_filters_when_planned_then_each_tells_the_placeholders_of_its_expression" {
  command = plan
  variables {
    filters = {
      species         = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES) AND Items.CREATION_TIMESTAMP > $SINCE"
      not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\", \"for $5\")"
    }
  }
  assert {
    condition     = output.filters["species"].placeholders == toset(["SPECIES", "SINCE"])
    error_message = "A request must be told to give both."
  }
  assert {
    condition     = length(output.filters["not-applied-for"].placeholders) == 0
    error_message = "A dollar sign in a literal is no placeholder."
  }
}

run "given_a_filter_that_is_no_expression_when_planned_then_refused" {
  command = plan
  variables {
    filters = { cats = "only cats" }
  }
  expect_failures = [var.filters]
}
