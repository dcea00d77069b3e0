# What uses a bucket waits until the bucket is private and encrypted, but not for the lifecycle rules, which take a minute.

output "seed_bucket_name" {
  description = "Name of the bucket with the seed data and the popular list."
  value       = aws_s3_bucket.this["seed"].id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this]
}

output "seed_bucket_arn" {
  description = "ARN of the seed bucket."
  value       = local.arns["seed"]
}

output "raw_bucket_name" {
  description = "Name of the bucket with the raw events and the results of Athena queries."
  value       = aws_s3_bucket.this["raw-events"].id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this]
}

output "raw_bucket_arn" {
  description = "ARN of the bucket with the raw events."
  value       = local.arns["raw-events"]
}

output "packages_bucket_name" {
  description = "Name of the bucket through which the zips of the functions are uploaded."
  value       = aws_s3_bucket.this["packages"].id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

output "access_logs_bucket_name" {
  description = "Name of the bucket with the access logs of the other buckets."
  value       = aws_s3_bucket.this["access-logs"].id
}

output "pets_bucket_name" {
  description = "Name of the bucket with the feeds of shelters, the reports of their imports and the snapshot of the catalogue."
  value       = aws_s3_bucket.this["pets"].id
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this]
}

output "pets_bucket_arn" {
  description = "ARN of the pets bucket."
  value       = local.arns["pets"]
}
