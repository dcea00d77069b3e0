output "role_arns" {
  description = "ARN of the role of each deployer: plan, apply, destroy."
  value       = { for deployer, role in aws_iam_role.this : deployer => role.arn }
}
