mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix             = "test-animal-recommender"
  account            = { id = "123456789012", region = "us-east-1", partition = "aws" }
  parameter_path     = "/animal-recommender/test"
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  log_retention_days = 30
  raw_bucket_arn     = "arn:aws:s3:::test-raw"
  function_names     = { recommend = "test-animal-recommender-recommend" }
  alarm              = { topic_arn = "arn:aws:sns:us-east-1:123456789012:test" }
  experiments = {
    newest-first = {
      arms     = { model = { share = 0.5, shows = "recommender" }, newest = { share = 0.5, shows = "newest" } }
      end_date = "2027-03-31"
    }
  }
}

run "given_an_experiment_when_planned_then_its_definition_has_every_default" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.definitions.name == "/animal-recommender/test/experiments" && jsondecode(aws_ssm_parameter.definitions.value).newest-first.function == "recommend" && jsondecode(aws_ssm_parameter.definitions.value).newest-first.primary_outcome == "Application"
    error_message = "The functions must find the definition."
  }
  assert {
    condition     = aws_ssm_parameter.shares.value == "{}"
    error_message = "No share is changed at the beginning."
  }
}

run "given_an_experiment_when_planned_then_exposures_are_encrypted_and_their_path_is_the_tables" {
  command = plan

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.exposures.server_side_encryption[0].key_arn == var.kms_key_arn && aws_kinesis_firehose_delivery_stream.exposures.extended_s3_configuration[0].kms_key_arn == var.kms_key_arn
    error_message = "Exposures must be encrypted with the environment's key, while they wait and in S3."
  }
  assert {
    condition     = startswith(aws_kinesis_firehose_delivery_stream.exposures.extended_s3_configuration[0].prefix, "exposures/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/")
    error_message = "The prefix must be the projection of the table in modules/analytics."
  }
  assert {
    condition     = toset(one([for statement in data.aws_iam_policy_document.firehose.statement : statement.resources if statement.sid == "WriteExposures"])) == toset(["arn:aws:s3:::test-raw/exposures/*"])
    error_message = "Firehose must not write raw events with this role."
  }
}

run "given_alarms_when_planned_then_lost_exposures_are_told" {
  command = plan

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["recommend-exposures-not-sent", "recommend-experiments-not-read", "exposures-late"])
    error_message = "Each function with experiments needs its alarms."
  }
}

run "given_no_alarms_when_planned_then_there_are_none" {
  command = plan
  variables {
    alarm = { enabled = false, topic_arn = "arn:aws:sns:us-east-1:123456789012:test" }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Alarms must follow the switch."
  }
}

run "given_shares_of_less_than_everybody_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.4, shows = "newest" } }, end_date = "2027-03-31" } }
  }
  expect_failures = [var.experiments]
}

run "given_one_arm_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 1, shows = "popular" } }, end_date = "2027-03-31" } }
  }
  expect_failures = [var.experiments]
}

run "given_no_real_day_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-02-31" } }
  }
  expect_failures = [var.experiments]
}

run "given_no_real_first_day_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", start_date = "2027-13-01" } }
  }
  expect_failures = [var.experiments]
}

run "given_an_end_before_the_start_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", start_date = "2027-04-01" } }
  }
  expect_failures = [var.experiments]
}

run "given_a_control_that_nobody_sees_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 1, shows = "popular" }, y = { share = 0, shows = "newest" } }, end_date = "2027-03-31", control = "y" } }
  }
  expect_failures = [var.experiments]
}

run "given_a_first_arm_that_nobody_sees_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0, shows = "popular" }, y = { share = 1, shows = "newest" } }, end_date = "2027-03-31" } }
  }
  expect_failures = [var.experiments]
}

run "given_no_traffic_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", traffic = 0 } }
  }
  expect_failures = [var.experiments]
}

run "given_a_lift_in_percent_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", hoped_for_lift = 50 } }
  }
  expect_failures = [var.experiments]
}

run "given_species_by_their_names_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", species = ["cats"] } }
  }
  expect_failures = [var.experiments]
}

run "given_an_outcome_twice_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", secondary_outcomes = ["Favorite", "Application"] } }
  }
  expect_failures = [var.experiments]
}

run "given_the_limits_of_every_setting_when_planned_then_accepted" {
  command = plan
  variables {
    experiments = { a = {
      arms               = { x = { share = 0, shows = "popular" }, y = { share = 1, shows = "newest" } }
      control            = "y"
      traffic            = 1
      hoped_for_lift     = 5
      species            = ["1", "20"]
      secondary_outcomes = ["Favorite"]
      start_date         = "2028-02-29"
      end_date           = "2028-02-29"
    } }
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.definitions.value).a.hoped_for_lift == 5
    error_message = "What is just within the limits must be accepted."
  }
}

run "given_rerank_with_a_list_when_planned_then_refused" {
  command = plan
  variables {
    experiments = { a = { function = "rerank", arms = { x = { share = 0.5, shows = "newest" }, y = { share = 0.5, shows = "reranker" } }, end_date = "2027-03-31" } }
  }
  expect_failures = [var.experiments]
}

run "given_an_experiment_that_takes_every_visitor_of_another_when_planned_then_there_is_a_warning" {
  command = plan
  variables {
    experiments = {
      a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", species = ["1", "2"] }
      b = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-04-30", start_date = "2027-03-31", species = ["2"], shelters = ["north"] }
    }
  }
  expect_failures = [check.visitors_of_experiments]
}

run "given_experiments_that_leave_each_other_visitors_when_planned_then_there_is_no_warning" {
  command = plan
  variables {
    experiments = {
      a = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", traffic = 0.5 }
      b = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", species = ["1"] }
      c = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", species = ["2"] }
      d = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-04-30", start_date = "2027-04-01" }
      e = { arms = { x = { share = 0.5, shows = "popular" }, y = { share = 0.5, shows = "newest" } }, end_date = "2027-03-31", function = "similar" }
    }
  }

  assert {
    condition     = length(jsondecode(aws_ssm_parameter.definitions.value)) == 5
    error_message = "Other traffic, species, days or functions do not take each other's visitors."
  }
}
