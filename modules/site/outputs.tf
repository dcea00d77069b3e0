output "url" {
  description = "URL of the site: with its own domain, else with CloudFront's name."
  value       = local.origins[0]
}

output "origins" {
  description = "Origins of the site's pages, which the browser API must admit."
  value       = local.origins
}

output "bucket_name" {
  description = "Name of the bucket with the files of the site."
  value       = aws_s3_bucket.this.id
}

output "published" {
  description = "Paths of the published files."
  value       = [for object in aws_s3_object.file : object.key]
}

locals {
  names   = concat(sort(try(var.settings.domain.names, [])), [aws_cloudfront_distribution.this.domain_name])
  origins = [for name in local.names : "https://${name}"]
}
