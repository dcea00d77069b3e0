mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name    = "test-animal-recommender"
  account = { id = "123456789012", region = "eu-west-1", partition = "aws" }
  personalize = {
    role_arn             = "arn:aws:iam::123456789012:role/test-animal-recommender-personalize"
    check_source_account = true
  }
}

run "given_an_environment_when_planned_then_its_key_rotates_and_has_an_alias" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_alias.this.name == "alias/test-animal-recommender"
    error_message = "The key must rotate, and its alias must be the prefix of the environment."
  }
}

run "given_services_that_use_the_key_when_planned_then_each_is_limited_to_this_account" {
  command = plan

  assert {
    condition = alltrue([for statement in data.aws_iam_policy_document.this.statement :
      length(statement.condition) == 1 if !contains(["AccountAdministers", "LogGroupsDescribe", "PersonalizeRole", "RulesToTopic"], statement.sid)
    ])
    error_message = "Every statement for a service must have a condition on this account."
  }
  assert {
    condition = alltrue([for action in ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"] :
      contains(one([for statement in data.aws_iam_policy_document.this.statement : statement.actions if statement.sid == "PersonalizeDatasets"]), action)
    ])
    error_message = "Personalize cannot encrypt datasets without all of these."
  }
  assert {
    condition = one(flatten([for statement in data.aws_iam_policy_document.this.statement :
      [for principal in statement.principals : principal.identifiers] if statement.sid == "LogGroups"
    ])) == "logs.eu-west-1.amazonaws.com"
    error_message = "The principal of CloudWatch Logs must have the region."
  }
}

run "given_personalize_does_not_send_the_account_when_planned_then_its_statement_has_no_condition" {
  command = plan
  variables {
    personalize = { role_arn = "arn:aws:iam::123456789012:role/test", check_source_account = false }
  }

  assert {
    condition = [for statement in data.aws_iam_policy_document.this.statement : statement.sid
    if length(statement.condition) == 0] == ["AccountAdministers", "LogGroupsDescribe", "PersonalizeDatasets", "PersonalizeRole", "RulesToTopic"]
    error_message = "The condition on the account must be gone for Personalize, and for nobody else."
  }
  assert {
    condition = one(flatten([for statement in data.aws_iam_policy_document.this.statement :
      [for principal in statement.principals : principal.identifiers] if statement.sid == "PersonalizeRole"
    ])) == var.personalize.role_arn
    error_message = "The key policy must name the role of Personalize too."
  }
}

run "given_a_deletion_window_that_kms_refuses_when_planned_then_refused" {
  command = plan
  variables {
    deletion_window_in_days = 31
  }
  expect_failures = [var.deletion_window_in_days]
}
