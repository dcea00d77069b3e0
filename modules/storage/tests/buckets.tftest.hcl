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

run "given_batches_when_planned_then_personalize_may_write_below_batch_only_and_they_expire" {
  command = plan
  variables {
    writes_batches = true
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.personalize_reads.statement : [for resource in statement.resources : endswith(resource, "/batch/*")] if contains(statement.actions, "s3:PutObject")] == [[true]]
    error_message = "Personalize must not write elsewhere."
  }
  assert {
    condition     = local.expiry.seed == { "batch/" = 30 }
    error_message = "Lists of users must expire."
  }
}

run "given_an_environment_when_planned_then_all_buckets_are_private_versioned_and_encrypted" {
  command = plan

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket.this : startswith(bucket.bucket, "test-animal-recommender-") && endswith(bucket.bucket, "-123456789012")])
    error_message = "Bucket names are global, so they must have the environment and the account id."
  }
  assert {
    condition = alltrue([for block in aws_s3_bucket_public_access_block.this :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ]) && length(aws_s3_bucket_public_access_block.this) == length(aws_s3_bucket.this)
    error_message = "Every bucket must block public access."
  }
  assert {
    condition     = alltrue([for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"])
    error_message = "Every bucket must keep versions."
  }
  assert {
    condition = alltrue([for noun in ["seed", "raw-events", "packages"] : alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this[noun].rule :
      rule.bucket_key_enabled && rule.apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key_arn
    ])])
    error_message = "Data must be encrypted with the environment's key."
  }
  assert {
    condition     = alltrue([for bucket in aws_s3_bucket.this : bucket.force_destroy == false])
    error_message = "By default buckets that are not empty must not be destroyed."
  }
}

run "given_bucket_policies_when_planned_then_they_refuse_plain_http_and_other_keys" {
  command = plan

  assert {
    condition = alltrue([for document in data.aws_iam_policy_document.bucket :
      length([for statement in document.statement : statement if statement.sid == "DenyWithoutTls" && statement.effect == "Deny"]) == 1
    ])
    error_message = "Every bucket must refuse requests without TLS."
  }
  assert {
    condition     = toset(keys(data.aws_iam_policy_document.own_key_only)) == toset(["seed", "raw-events", "packages", "pets"])
    error_message = "Every data bucket must refuse other keys."
  }
  assert {
    condition = alltrue(flatten([for statement in data.aws_iam_policy_document.personalize_reads.statement :
      [for resource in statement.resources : strcontains(resource, "-seed-")]
    ]))
    error_message = "Amazon Personalize may read the seed bucket only."
  }
}

run "given_personalize_does_not_send_the_account_when_planned_then_its_statement_has_no_condition" {
  command = plan
  variables {
    personalize_check_source_account = false
  }

  assert {
    condition     = length(one(data.aws_iam_policy_document.personalize_reads.statement).condition) == 0
    error_message = "The condition on the account must be gone."
  }
}

run "given_retention_when_planned_then_raw_events_expire_by_prefix" {
  command = plan
  variables {
    retention_days = { raw_events = 10, query_results = 2 }
  }

  assert {
    condition = { for rule in aws_s3_bucket_lifecycle_configuration.this["raw-events"].rule :
      rule.id => rule.expiration[0].days if rule.id != "older-versions"
    } == { events = 10, exposures = 10, errors = 30, query-results = 2 }
    error_message = "Each prefix of the raw store must have its own retention."
  }
}

run "given_a_retention_of_no_days_when_planned_then_refused" {
  command = plan
  variables {
    retention_days = { errors = 0 }
  }
  expect_failures = [var.retention_days]
}

run "given_a_prefix_that_would_overflow_bucket_names_when_planned_then_refused" {
  command = plan
  variables {
    prefix = "an-environment-with-a-very-long-name-x"
  }
  expect_failures = [var.prefix]
}
