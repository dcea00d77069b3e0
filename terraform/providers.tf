provider "aws" {
  region              = var.region
  allowed_account_ids = var.allowed_account_ids
  max_retries         = var.provider_max_retries
  s3_use_path_style   = var.s3_use_path_style

  default_tags {
    tags = local.tags
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}
