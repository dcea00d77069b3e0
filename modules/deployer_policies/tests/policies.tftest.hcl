mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { minified_json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix      = "a-rather-long-name-animal-recommender"
  environment = "a-rather-long-name"
  account     = { id = "123456789012", region = "ap-northeast-1", partition = "aws" }
}

run "given_the_longest_prefix_when_planned_then_every_part_fits_a_managed_policy" {
  command = plan
  variables {
    state = {
      bucket      = "a-company-with-a-rather-long-name-terraform-state-eu-central-1"
      key_prefix  = "animal-recommender/terraform"
      kms_key_arn = "arn:aws:kms:ap-northeast-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    }
  }

  # A policy has 30 characters more for each statement than this list has.
  assert {
    condition     = alltrue([for part in local.parts : length(jsonencode(part)) + 30 * length(part) < 6144])
    error_message = "IAM refuses a managed policy with more than 6,144 characters."
  }
  assert {
    condition     = toset(keys(output.policies)) == toset(["apply-1", "apply-2", "destroy-1", "destroy-2", "plan-1", "plan-2"])
    error_message = "Each deployer must have two parts."
  }
}

run "given_no_remote_state_when_planned_then_nothing_is_granted_on_one" {
  command = plan

  assert {
    condition     = !anytrue([for statements in values(local.statements) : anytrue([for one in statements : endswith(one.sid, "State")])])
    error_message = "Without a bucket there is nothing to grant."
  }
}

run "given_the_deployers_when_planned_then_only_destroy_deletes_what_holds_data" {
  command = plan

  assert {
    condition = length(setintersection(
      ["dynamodb:DeleteTable", "kinesis:DeleteStream", "kms:ScheduleKeyDeletion", "personalize:DeleteDataset", "s3:DeleteBucket"],
      flatten([for one in concat(local.statements.plan, local.statements.apply) : one.actions]),
    )) == 0
    error_message = "An apply must not be able to delete data."
  }
  assert {
    condition = alltrue([for one in local.statements.plan : alltrue([for action in one.actions :
      can(regex(":(Decrypt|Describe|Get|GET|List|View)", action))
    ])])
    error_message = "A plan must only read."
  }
}

run "given_the_key_when_planned_then_no_other_key_may_be_used" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }

  assert {
    condition     = local.keys == tolist([var.kms_key_arn])
    error_message = "The policies must name the key once it is known."
  }
}
