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
  pets = {
    table             = "test-animal-recommender-pets"
    table_arn         = "arn:aws:dynamodb:us-east-1:123456789012:table/test-animal-recommender-pets"
    bucket            = "test-pets"
    age_limits        = [1, 3, 7, 10]
    bucket_arn        = "arn:aws:s3:::test-pets"
    history_table     = "test-animal-recommender-history"
    history_table_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/test-animal-recommender-history"
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
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.this["rerank"].statement : statement.actions])) == toset(["dynamodb:BatchGetItem", "kms:Decrypt", "personalize:GetPersonalizedRanking"])
    error_message = "rerank may rank and look up pets only, and read no bucket."
  }
  assert {
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.this["recommend"].statement : statement.resources if statement.sid == "ReadObjects"])) == toset(["arn:aws:s3:::test-seed/fallback/popular.json", "arn:aws:s3:::test-pets/catalogue/snapshot"])
    error_message = "recommend may read the popular list and the snapshot of the catalogue only."
  }
  assert {
    condition     = alltrue(flatten([for statement in data.aws_iam_policy_document.this["recommend"].statement : [for action in statement.actions : contains(["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"], action)] if contains(["ReadPets", "ReadIndex", "ReadApplications"], statement.sid)]))
    error_message = "recommend must not write to a table."
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

run "given_models_of_similar_and_trending_pets_when_planned_then_their_functions_may_ask_their_own_campaign_and_read_pets" {
  command = plan
  variables {
    campaign_arns = {
      recommender = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-recommender"
      similar     = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-similar"
      trending    = "arn:aws:personalize:us-east-1:123456789012:campaign/test-animal-recommender-trending"
    }
  }

  assert {
    condition     = keys(output.function_names) == ["recommend", "similar", "trending"]
    error_message = "Each model must have its function."
  }
  assert {
    condition = alltrue([for name in ["similar", "trending"] :
      one([for statement in data.aws_iam_policy_document.this[name].statement : toset(statement.resources) if statement.sid == "AskCampaign"]) == toset([var.campaign_arns[name], var.filters.species.arn])
    ])
    error_message = "Each function may use its own campaign and the declared filters only."
  }
  assert {
    condition = alltrue([for name in ["similar", "trending"] :
      toset(flatten([for statement in data.aws_iam_policy_document.this[name].statement : statement.actions])) == toset(flatten([for statement in data.aws_iam_policy_document.this["recommend"].statement : statement.actions]))
    ])
    error_message = "The functions read what recommend reads, and nothing more."
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

run "given_a_share_above_one_when_planned_then_refused" {
  command = plan
  variables {
    pets = {
      table              = "test-animal-recommender-pets"
      table_arn          = "arn:aws:dynamodb:us-east-1:123456789012:table/test-animal-recommender-pets"
      bucket             = "test-pets"
      age_limits         = [1, 3, 7, 10]
      bucket_arn         = "arn:aws:s3:::test-pets"
      history_table      = "test-animal-recommender-history"
      history_table_arn  = "arn:aws:dynamodb:us-east-1:123456789012:table/test-animal-recommender-history"
      long_waiting_days  = 0
      long_waiting_share = 1.1
    }
  }
  expect_failures = [var.pets]
}

run "given_an_experiment_when_planned_then_only_its_function_reads_it_and_may_ask_its_models" {
  command = plan
  variables {
    experiments = {
      definitions    = "/animal-recommender/test/experiments"
      shares         = "/animal-recommender/test/experiment-shares"
      parameter_arns = ["arn:aws:ssm:us-east-1:123456789012:parameter/animal-recommender/test/experiments"]
      stream         = "test-exposures"
      stream_arn     = "arn:aws:firehose:us-east-1:123456789012:deliverystream/test-exposures"
      models         = { recommend = ["recommender", "reranker"] }
    }
  }

  assert {
    condition     = toset(one([for statement in data.aws_iam_policy_document.this["recommend"].statement : toset(statement.resources) if statement.sid == "AskCampaign"])) == toset([var.campaign_arns.recommender, var.campaign_arns.reranker, var.filters.species.arn])
    error_message = "recommend must be allowed to ask the models of the arms."
  }
  assert {
    condition     = one([for statement in data.aws_iam_policy_document.this["recommend"].statement : toset(statement.actions) if statement.sid == "RecordExposures"]) == toset(["firehose:PutRecord"])
    error_message = "recommend must be allowed to record exposures, and nothing more."
  }
  assert {
    condition     = length([for statement in data.aws_iam_policy_document.this["rerank"].statement : true if statement.sid == "ReadExperiments"]) == 0
    error_message = "A function without experiments must have no rights for them."
  }
}
