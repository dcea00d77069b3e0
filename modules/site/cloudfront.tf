resource "aws_cloudfront_origin_access_control" "this" {
  name                              = local.bucket
  description                       = "CloudFront signs its requests to the bucket of the site"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:Other names below the site's domain may have no TLS, and a browser's preload list keeps a name for ever
  name    = "${var.prefix}-site"
  comment = "Security headers of the site"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "strict-origin-when-cross-origin"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = false
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Permissions-Policy"
      value    = "camera=(), geolocation=(), microphone=()"
      override = true
    }
  }
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:The site is static and has no data; a web ACL costs more than everything else here
  #checkov:skip=CKV_AWS_86:An access log would have the visitors' addresses; CloudFront has metrics
  #checkov:skip=CKV_AWS_174:With a domain TLS 1.2 is the minimum; the certificate of CloudFront's own name cannot have one
  #checkov:skip=CKV_AWS_310:The files are in one bucket, so there is nothing to fail over to
  #checkov:skip=CKV_AWS_374:Pets are looked for from everywhere
  #checkov:skip=CKV2_AWS_42:With a domain there is a certificate of its own
  #checkov:skip=CKV2_AWS_47:No program of the site reads requests, so Log4j is not there
  comment             = "${var.prefix} site"
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.settings.price_class
  default_root_object = "index.html"
  aliases             = try(var.settings.domain.names, [])

  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id           = "bucket"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    # CachingOptimized, which obeys Cache-Control and compresses:
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.settings.domain == null
    acm_certificate_arn            = try(var.settings.domain.certificate_arn, null)
    ssl_support_method             = var.settings.domain == null ? null : "sni-only"
    minimum_protocol_version       = var.settings.domain == null ? "TLSv1" : "TLSv1.2_2021"
  }
}
