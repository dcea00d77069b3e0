mock_provider "aws" {
  mock_resource "aws_cloudfront_distribution" {
    override_during = plan
    defaults = {
      arn         = "arn:aws:cloudfront::123456789012:distribution/E1ABC"
      domain_name = "d111.cloudfront.net"
    }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix        = "test-animal-recommender"
  account       = { id = "123456789012", region = "eu-central-1", partition = "aws" }
  sources       = { "" = "./tests/fixture", "pets.jsonl" = "./tests/fixture.jsonl", "more" = "./tests/fixture/pictures" }
  api_url       = "https://abcdef1234.execute-api.eu-central-1.amazonaws.com"
  force_destroy = false
}

run "given_folders_and_files_when_planned_then_each_file_is_published_but_no_readme" {
  command = plan

  assert {
    condition     = toset(keys(aws_s3_object.file)) == toset(["index.html", "pictures/Coco.svg", "more/Coco.svg", "pets.jsonl"])
    error_message = "Every file of the sources must be an object, except README.md and config.js."
  }
  assert {
    condition     = aws_s3_object.file["index.html"].content_type == "text/html; charset=utf-8" && aws_s3_object.file["more/Coco.svg"].content_type == "image/svg+xml"
    error_message = "A browser must be told the type of each file."
  }
  assert {
    condition     = aws_s3_object.file["index.html"].cache_control == "no-cache" && aws_s3_object.file["pets.jsonl"].cache_control == "public, max-age=300" && aws_s3_object.file["more/Coco.svg"].cache_control == "public, max-age=86400"
    error_message = "Pages must be asked for again, and pictures kept."
  }
  assert {
    condition     = aws_s3_object.config.content == "export const endpoint = \"https://abcdef1234.execute-api.eu-central-1.amazonaws.com\";\n"
    error_message = "The pages must be told the API of this deployment."
  }
}

run "given_the_bucket_when_planned_then_only_the_distribution_reads_it" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "The bucket must be private."
  }
  assert {
    condition = jsonencode([for one in data.aws_iam_policy_document.bucket.statement : [one.principals[*].identifiers, one.condition[*].values] if one.effect != "Deny"]) == jsonencode([
      [[["cloudfront.amazonaws.com"]], [["arn:aws:cloudfront::123456789012:distribution/E1ABC"]]]
    ])
    error_message = "Nobody but this distribution may read."
  }
  assert {
    condition     = aws_cloudfront_origin_access_control.this.signing_behavior == "always"
    error_message = "CloudFront must sign its requests."
  }
}

run "given_the_distribution_when_planned_then_it_has_https_and_the_security_headers" {
  command = plan

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https"
    error_message = "Pages must come over TLS."
  }
  assert {
    condition     = one(aws_cloudfront_response_headers_policy.this.security_headers_config[0].content_security_policy).content_security_policy == "default-src 'self'; connect-src 'self' https://*.execute-api.eu-central-1.amazonaws.com; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    error_message = "Only the site's own scripts may run, and only the API be called."
  }
  assert {
    condition     = output.url == "https://d111.cloudfront.net" && output.origins == ["https://d111.cloudfront.net"]
    error_message = "Without a domain the site has CloudFront's name."
  }
}

run "given_a_domain_when_planned_then_it_has_its_certificate_and_tls_1_2" {
  command = plan
  variables {
    settings = { domain = { names = ["www.example.org"], certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" } }
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && aws_cloudfront_distribution.this.aliases == toset(["www.example.org"])
    error_message = "The domain must be served with its certificate."
  }
  assert {
    condition     = output.url == "https://www.example.org" && length(output.origins) == 2
    error_message = "The domain must come first."
  }
}

run "given_a_certificate_of_another_region_when_planned_then_refused" {
  command = plan
  variables {
    settings = { domain = { names = ["www.example.org"], certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1" } }
  }
  expect_failures = [var.settings]
}

run "given_an_unknown_price_class_when_planned_then_refused" {
  command = plan
  variables {
    settings = { price_class = "cheap" }
  }
  expect_failures = [var.settings]
}

run "given_a_folder_without_an_index_when_planned_then_refused" {
  command = plan
  variables {
    sources = { "" = "./tests/fixture/pictures" }
  }
  expect_failures = [var.sources]
}
