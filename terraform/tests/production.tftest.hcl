# Run with: terraform test -filter=tests/production.tftest.hcl -var-file=prod.tfvars

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

run "given_production_when_planned_then_it_is_protected_and_has_capacity" {
  command = plan

  assert {
    condition     = var.deletion_protection && var.point_in_time_recovery && var.kms_deletion_window_in_days == 30
    error_message = "Production must have deletion protection, point-in-time recovery and the longest deletion window."
  }
  assert {
    condition     = var.log_retention_days >= 365 && coalesce(var.stream.retention_hours, 48) > 48
    error_message = "Production must keep logs for a year, and events for more than two days."
  }
  assert {
    condition     = alltrue([for model in values(var.models) : model.minimum_provisioned_tps > 1])
    error_message = "Production must have more than the minimum capacity."
  }
  assert {
    condition     = coalesce(var.alarms.enabled, true) && var.budget != null
    error_message = "Production must have alarms and a budget."
  }
}
