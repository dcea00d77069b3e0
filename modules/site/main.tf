locals {
  bucket     = "${var.prefix}-site-${var.account.id}"
  bucket_arn = "arn:${var.account.partition}:s3:::${local.bucket}"

  # Key of the object -> the file on this machine.
  files = merge([for path, source in var.sources : try(fileexists(source), false) ? { (path) = source } : {
    for file in fileset(source, "**") : trimprefix("${path}/${file}", "/") => "${source}/${file}"
    if !can(regex("(^|/)\\.|(^|/)README\\.md$", file))
  }]...)
  published = { for key, file in local.files : key => file if key != "config.js" }

  types = {
    css   = "text/css; charset=utf-8"
    html  = "text/html; charset=utf-8"
    ico   = "image/x-icon"
    jpg   = "image/jpeg"
    js    = "text/javascript; charset=utf-8"
    json  = "application/json"
    jsonl = "application/jsonl; charset=utf-8"
    png   = "image/png"
    svg   = "image/svg+xml"
    txt   = "text/plain; charset=utf-8"
    webp  = "image/webp"
    woff2 = "font/woff2"
  }
  # How long browsers and CloudFront keep a file, in seconds, by the end of its name; others 5 minutes. A page is asked for
  # again each time, which is cheap if it has not changed.
  ages = merge({ html = 0 }, { for kind in ["ico", "jpg", "png", "svg", "webp", "woff2"] : kind => 24 * 3600 })
  cache_control = { for key in keys(local.published) : key =>
    lookup(local.ages, regex("[^.]*$", key), 300) == 0 ? "no-cache" : "public, max-age=${lookup(local.ages, regex("[^.]*$", key), 300)}"
  }

  # The API of this deployment is one of these. Its own name would make a circle: it admits the name of this site.
  apis = "https://*.execute-api.${var.account.region}.amazonaws.com"
  content_security_policy = join("; ", [
    "default-src 'self'",
    "connect-src 'self' ${local.apis}",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ])
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:An access log would have the visitors' addresses; CloudFront, the only reader, has metrics
  #checkov:skip=CKV_AWS_144:The files are in the repository
  #checkov:skip=CKV_AWS_145:The files are public. CloudFront could read files with a key only if the key's policy named the distribution
  #checkov:skip=CKV2_AWS_62:Nothing reacts to single objects, so event notifications have no receiver
  bucket        = local.bucket
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "older-versions"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  # The rule for noncurrent versions needs versioning.
  depends_on = [aws_s3_bucket_versioning.this]
}

data "aws_iam_policy_document" "bucket" {
  # With the right to list, S3 tells CloudFront 404 for a missing file, and not 403.
  statement {
    sid       = "DistributionReads"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.bucket.json

  # S3 refuses two simultaneous changes of the access to a bucket.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_object" "file" {
  #checkov:skip=CKV_AWS_186:The files are public, see the bucket
  for_each = local.published

  bucket        = aws_s3_bucket.this.id
  key           = each.key
  source        = each.value
  source_hash   = filemd5(each.value)
  content_type  = lookup(local.types, regex("[^.]*$", each.key), "application/octet-stream")
  cache_control = local.cache_control[each.key]

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

resource "aws_s3_object" "config" {
  #checkov:skip=CKV_AWS_186:The file is public, see the bucket
  bucket        = aws_s3_bucket.this.id
  key           = "config.js"
  content       = "export const endpoint = ${jsonencode(var.api_url)};\n"
  content_type  = local.types.js
  cache_control = "no-cache"

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}
