# Run with the variables of a small site: terraform test -filter=tests/small.tftest.hcl -var-file=small.tfvars

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

run "given_a_small_site_when_planned_then_it_has_one_model_of_the_smallest_capacity" {
  command = plan

  assert {
    condition     = keys(output.campaign_arns) == ["recommender"] && var.models["recommender"].minimum_provisioned_tps == 1
    error_message = "A second campaign would almost double the price."
  }
}
