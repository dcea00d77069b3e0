output "policies" {
  description = "IAM policies (JSON without spaces): plan-1 and plan-2, apply-1 and apply-2, destroy-1 and destroy-2. A role that applies or destroys needs those of plan too."
  value       = { for part, document in data.aws_iam_policy_document.this : part => document.minified_json }
}
