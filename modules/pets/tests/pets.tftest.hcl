mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_iam_role" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:role/test-animal-recommender" }
  }
  mock_resource "aws_lambda_alias" {
    override_during = plan
    defaults        = { arn = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-publish-pets:live" }
  }
}

variables {
  prefix     = "test-animal-recommender"
  account    = { id = "123456789012", region = "us-east-1", partition = "aws" }
  bucket     = "test-pets"
  bucket_arn = "arn:aws:s3:::test-pets"
  age_limits = [1, 3, 7, 10]
  items = {
    dataset_arn     = "arn:aws:personalize:us-east-1:123456789012:dataset/test-animal-recommender/ITEMS"
    schema_arn      = "arn:aws:personalize:us-east-1:123456789012:schema/test-animal-recommender-items"
    seed_bucket     = "test-seed"
    seed_bucket_arn = "arn:aws:s3:::test-seed"
  }
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

run "given_pets_when_planned_then_the_table_is_encrypted_and_its_index_has_available_pets" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.pets.hash_key == "pk" && aws_dynamodb_table.pets.range_key == "sk"
    error_message = "The table must have the keys that the functions read and write."
  }
  assert {
    condition     = one(aws_dynamodb_table.pets.global_secondary_index).hash_key == "availableShelter"
    error_message = "The index must have the available pets only."
  }
  assert {
    condition     = aws_dynamodb_table.pets.server_side_encryption[0].kms_key_arn == var.platform.kms_key_arn
    error_message = "The catalogue must be encrypted with the environment's key."
  }
  assert {
    condition     = aws_dynamodb_table.pets.point_in_time_recovery[0].enabled
    error_message = "Point-in-time recovery must be on by default."
  }
}

run "given_production_when_planned_then_the_table_cannot_be_deleted" {
  command = plan
  variables {
    deletion_protection = true
  }

  assert {
    condition     = aws_dynamodb_table.pets.deletion_protection_enabled
    error_message = "Deletion protection must follow the variable."
  }
}

run "given_the_publisher_when_planned_then_it_runs_every_minute_and_writes_one_object_only" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.publish.schedule_expression == "rate(1 minute)" && aws_scheduler_schedule.publish.target[0].arn == "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-publish-pets:live"
    error_message = "A schedule must invoke the alias of the publisher every minute."
  }
  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.publish_pets.statement : statement.resources if contains(statement.actions, "s3:PutObject")]) == ["arn:aws:s3:::test-pets/catalogue/snapshot"]
    error_message = "The publisher may write the snapshot only."
  }
  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.publish_pets.statement : statement.resources if contains(statement.actions, "personalize:PutItems")]) == [var.items.dataset_arn]
    error_message = "The publisher may put items into its own dataset only."
  }
  assert {
    condition     = !anytrue([for action in flatten(data.aws_iam_policy_document.publish_pets.statement[*].actions) : strcontains(action, "Delete") || strcontains(action, "Batch")])
    error_message = "The publisher must not delete anything."
  }
}

run "given_a_feed_when_it_is_put_then_s3_may_invoke_the_import_and_nothing_else" {
  command = plan

  assert {
    condition     = aws_lambda_permission.feeds.principal == "s3.amazonaws.com" && aws_lambda_permission.feeds.source_arn == "arn:aws:s3:::test-pets" && aws_lambda_permission.feeds.source_account == "123456789012"
    error_message = "Only this bucket of this account may invoke the function: the name of a deleted bucket can be taken by somebody else."
  }
  assert {
    condition     = aws_s3_bucket_notification.feeds.lambda_function[0].filter_prefix == "feeds/"
    error_message = "Reports that the function writes into the same bucket must not invoke it again."
  }
}

run "given_mappings_when_planned_then_each_is_an_object_for_the_function" {
  command = plan
  variables {
    feeds = { mappings = { asm3 = { fields = { id = "SHELTERCODE" }, words = { species = { dog = "2" } } } } }
  }

  assert {
    condition = jsondecode(aws_s3_object.mapping["asm3"].content) == {
      records              = null
      resolveRelationships = false
      fields               = { id = "SHELTERCODE" }
      words                = { species = { dog = "2" } }
      defaults             = {}
    }
    error_message = "The function must get the mapping as it is in the variable."
  }
}

run "given_a_mapping_without_an_id_when_planned_then_refused" {
  command = plan
  variables {
    feeds = { mappings = { asm3 = { fields = { name = "ANIMALNAME" } } } }
  }
  expect_failures = [var.feeds]
}

run "given_a_field_that_pets_do_not_have_when_planned_then_refused" {
  command = plan
  variables {
    feeds = { mappings = { asm3 = { fields = { id = "ID", colour = "COLOUR" } } } }
  }
  expect_failures = [var.feeds]
}

run "given_a_share_of_more_than_all_when_planned_then_refused" {
  command = plan
  variables {
    feeds = { maximum_removed_share = 30 }
  }
  expect_failures = [var.feeds]
}
