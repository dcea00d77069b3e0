# Users of a bucket wait until it is private and encrypted, but not for its lifecycle rules, which take a minute.

output "seed_bucket" {
  description = "Name of the bucket that holds seed data and what promotions leave for the functions."
  value       = aws_s3_bucket.this["seed"].id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this]
}

output "seed_bucket_arn" {
  description = "ARN of the seed bucket."
  value       = local.arns["seed"]
}

output "raw_bucket" {
  description = "Name of the bucket that holds the raw events and Athena's results."
  value       = aws_s3_bucket.this["raw-events"].id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this]
}

output "raw_bucket_arn" {
  description = "ARN of the raw-events bucket."
  value       = local.arns["raw-events"]
}

output "packages_bucket" {
  description = "Name of the bucket that the functions' packages go through."
  value       = aws_s3_bucket.this["packages"].id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

output "access_logs_bucket" {
  description = "Name of the bucket that holds the access logs of the others."
  value       = aws_s3_bucket.this["access-logs"].id
}
