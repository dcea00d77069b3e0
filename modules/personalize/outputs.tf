output "dataset_group_arn" {
  description = "ARN of the dataset group."
  value       = aws_cloudcontrolapi_resource.dataset_group.id
}

output "event_tracker_arn" {
  description = "ARN of the event tracker."
  value       = aws_cloudcontrolapi_resource.event_tracker.id
}

output "tracking_id" {
  description = "Id that PutEvents names the tracker by."
  value       = jsondecode(aws_cloudcontrolapi_resource.event_tracker.properties)["TrackingId"]
}

output "solution_arns" {
  description = "ARN of each model's solution, computed from its name: users need not wait for the training."
  value       = local.solution_arns
}

output "campaign_arns" {
  description = "ARN of each model's campaign, computed from its name: users need not wait for the training."
  value       = local.campaign_arns
}

output "filters" {
  description = "Each filter: its ARN, computed from its name, and the placeholders of its expression."
  value       = local.filters
}

output "ledger_parameters" {
  description = "Name of each model's ledger parameter."
  value       = { for model, parameter in aws_ssm_parameter.ledger : model => parameter.name }
}

output "role_arn" {
  description = "ARN of the role with which Personalize reads the seed bucket."
  value       = aws_iam_role.this.arn
}
