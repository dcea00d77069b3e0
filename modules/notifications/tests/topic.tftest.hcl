mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix      = "test-animal-recommender"
  account     = { id = "123456789012", region = "us-east-1", partition = "aws" }
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "given_no_addresses_when_planned_then_there_is_an_encrypted_topic_without_subscriptions" {
  command = plan

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == var.kms_key_arn && length(aws_sns_topic_subscription.mail) == 0
    error_message = "The topic must be encrypted with the environment's key, and have no subscription."
  }
  assert {
    condition = alltrue([for service, conditions in { budgets = 1, cloudwatch = 1, events = 0 } : length([
      for statement in data.aws_iam_policy_document.this.statement : statement
      if statement.sid == "Publish${title(service)}" && length(statement.condition) == conditions
    ]) == 1])
    error_message = "Only alarms and budgets of this environment may publish; EventBridge supports no condition."
  }
}

run "given_addresses_when_planned_then_each_is_subscribed_once" {
  command = plan
  variables {
    emails = ["a@example.org", "b@example.org"]
  }

  assert {
    condition     = toset([for one in aws_sns_topic_subscription.mail : one.endpoint]) == toset(["a@example.org", "b@example.org"])
    error_message = "Every address must have its own subscription."
  }
}

run "given_a_malformed_address_when_planned_then_refused" {
  command = plan
  variables {
    emails = ["team at example.org"]
  }

  expect_failures = [var.emails]
}
