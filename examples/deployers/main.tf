# The roles with which a pipeline, or a person, plans, applies and destroys one environment. Who administers the account
# applies this once, before the first apply of the environment.

provider "aws" {
  region = var.region
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  prefix = coalesce(var.prefix, "${var.environment}-animal-recommender")
  # A deployer may change every role that has the prefix, so the names of the deployers do not begin with it.
  names = { for deployer in ["plan", "apply", "destroy"] : deployer => "deployer-${local.prefix}-${deployer}" }
  # Every apply and every destroy begins with a plan.
  attached = { for pair in flatten([for deployer in keys(local.names) : [for policy in distinct(["plan", deployer]) : [
    for part in ["1", "2"] : { role = deployer, policy = "${policy}-${part}" }
  ]]]) : "${pair.role}-${pair.policy}" => pair }
}

module "policies" {
  # From another repository: source = "git::https://<host>/animal-recommender.git//modules/deployer_policies?ref=<tag>"
  source = "../../modules/deployer_policies"

  prefix      = local.prefix
  environment = var.environment
  kms_key_arn = var.kms_key_arn

  visitor_key_arn = var.visitor_key_arn
  state           = var.state

  account = {
    id        = data.aws_caller_identity.current.account_id
    region    = var.region
    partition = data.aws_partition.current.partition
  }
}

resource "aws_iam_policy" "this" {
  for_each = module.policies.policies

  name        = "deployer-${local.prefix}-${each.key}"
  description = "Deploys ${local.prefix}: ${each.key}"
  policy      = each.value
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.names

  name                 = each.value
  description          = "Terraform ${each.key} of ${local.prefix}"
  assume_role_policy   = lookup(var.trust_policies, each.key, data.aws_iam_policy_document.trust.json)
  max_session_duration = 14400 # the first apply trains two models
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attached

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}
