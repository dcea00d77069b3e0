mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix  = "test-animal-recommender"
  account = { id = "123456789012", region = "us-east-1", partition = "aws" }
  campaign_arns = {
    recommender = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-recommender"
    reranker    = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-reranker"
  }
  filters = {
    species = { arn = "arn:aws:personalize:us-east-1:123456789012:filter/test-animal-recommender-species", placeholders = ["SPECIES"] }
  }
  fallback = { bucket = "test-seed", bucket_arn = "arn:aws:s3:::test-seed", key = "fallback/popular.json" }
  platform = {
    environment        = "test"
    package_directory  = "../lambda_function/tests/fixtures"
    package_bucket     = "test-packages"
    runtime            = "python3.13"
    architecture       = "arm64"
    log_level          = "INFO"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }
}

run "given_both_models_when_planned_then_each_function_may_call_its_own_campaign_only" {
  command = plan

  assert {
    condition     = output.function_names == { recommend = "test-animal-recommender-recommend", rerank = "test-animal-recommender-rerank" }
    error_message = "Each of the two models must have its function."
  }
  assert {
    condition     = one([for statement in data.aws_iam_policy_document.this["recommend"].statement : toset(statement.resources) if statement.sid == "AskCampaign"]) == toset([var.campaign_arns.recommender, var.filters.species.arn])
    error_message = "recommend may use the campaign of the recommender and the declared filters only."
  }
  assert {
    condition     = one([for statement in data.aws_iam_policy_document.this["rerank"].statement : tolist(statement.actions)]) == tolist(["personalize:GetPersonalizedRanking"])
    error_message = "rerank may rank only, and read no bucket."
  }
  assert {
    condition     = one(flatten([for statement in data.aws_iam_policy_document.this["recommend"].statement : statement.resources if statement.sid == "ReadFallback"])) == "arn:aws:s3:::test-seed/fallback/popular.json"
    error_message = "recommend may read one object only."
  }
}

run "given_no_reranker_when_planned_then_there_is_no_function_rerank" {
  command = plan
  variables {
    campaign_arns = { recommender = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-recommender" }
  }

  assert {
    condition     = keys(output.function_names) == ["recommend"]
    error_message = "There must be no function without a campaign."
  }
}

run "given_no_recommender_when_planned_then_refused" {
  command = plan
  variables {
    campaign_arns = {}
  }
  expect_failures = [var.campaign_arns]
}

run "given_a_timeout_of_zero_for_personalize_when_planned_then_refused" {
  command = plan
  variables {
    personalize_timeout_seconds = 0
  }
  expect_failures = [var.personalize_timeout_seconds]
}

run "given_a_function_that_times_out_before_its_fallback_when_planned_then_refused" {
  command = plan
  variables {
    functions                   = { rerank = { timeout = 10 } }
    personalize_timeout_seconds = 7
  }
  expect_failures = [var.personalize_timeout_seconds]
}
