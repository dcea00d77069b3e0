locals {
  names = { for noun in ["seed", "raw-events", "packages", "pets", "access-logs"] : noun => "${var.prefix}-${noun}-${var.account.id}" }
  arns  = { for noun, name in local.names : noun => "arn:${var.account.partition}:s3:::${name}" }
  # S3 cannot deliver server access logs to a bucket whose default encryption uses a customer managed key.
  data_buckets = toset(["seed", "raw-events", "packages", "pets"])

  # Prefix of the objects of a bucket -> days until they expire.
  expiry = {
    seed     = { for prefix in ["batch/"] : prefix => var.retention_days.batches if var.writes_batches }
    packages = {}
    pets = {
      "feeds/"   = var.retention_days.feeds
      "reports/" = var.retention_days.feeds
    }
    raw-events = {
      "events/"        = var.retention_days.raw_events
      "exposures/"     = var.retention_days.raw_events
      "errors/"        = var.retention_days.errors
      "query-results/" = var.retention_days.query_results
    }
    access-logs = { "" = var.retention_days.access_logs }
  }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:The data buckets log to access-logs (aws_s3_bucket_logging); access-logs does not log to itself
  #checkov:skip=CKV_AWS_144:Versioning protects the data within the region; a copy in a second region doubles the price and is the decision of the owner
  #checkov:skip=CKV_AWS_145:The data buckets use the key of the environment; S3 can deliver access logs only to a bucket with SSE-S3
  #checkov:skip=CKV2_AWS_62:Only feeds of pets are reacted to, and modules/pets sets the notifications of their bucket
  for_each = local.names

  bucket        = each.value
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    bucket_key_enabled = contains(local.data_buckets, each.key)

    apply_server_side_encryption_by_default {
      sse_algorithm     = contains(local.data_buckets, each.key) ? "aws:kms" : "AES256"
      kms_master_key_id = contains(local.data_buckets, each.key) ? var.kms_key_arn : null
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    id     = "older-versions"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days = var.retention_days.older_versions
    }
  }

  dynamic "rule" {
    for_each = local.expiry[each.key]

    content {
      id     = rule.key == "" ? "all" : trimsuffix(rule.key, "/")
      status = "Enabled"

      filter {
        prefix = rule.key
      }

      expiration {
        days = rule.value
      }
    }
  }

  # The rule for noncurrent versions needs versioning.
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  for_each = local.data_buckets

  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = aws_s3_bucket.this["access-logs"].id
  target_prefix = "${each.key}/"

  # S3 checks immediately whether the log delivery may write to the target bucket.
  depends_on = [aws_s3_bucket_policy.this]
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  # S3 refuses two simultaneous changes of the access to a bucket.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
