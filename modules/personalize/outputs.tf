output "dataset_group_arn" {
  description = "ARN of the dataset group."
  value       = aws_cloudcontrolapi_resource.dataset_group.id
}

output "event_tracker_arn" {
  description = "ARN of the event tracker."
  value       = aws_cloudcontrolapi_resource.event_tracker.id
}

output "interactions_dataset_arn" {
  description = "ARN of the interactions dataset."
  value       = aws_cloudcontrolapi_resource.dataset["interactions"].id
}

output "items_dataset_arn" {
  description = "ARN of the items dataset."
  value       = aws_cloudcontrolapi_resource.dataset["items"].id
}

output "items_schema_arn" {
  description = "ARN of the schema of the items dataset: that of the seed, with the attributes of pets."
  value       = one(concat(aws_cloudcontrolapi_resource.items_schema[*].id, length(local.missing_attributes) > 0 ? [] : [aws_cloudcontrolapi_resource.schema["items"].id]))
}

output "tracking_id" {
  description = "Id of the event tracker, which PutEvents needs."
  value       = jsondecode(aws_cloudcontrolapi_resource.event_tracker.properties)["TrackingId"]
}

output "solution_arns" {
  description = "ARN of the solution of each model. It is computed from the name, so that other resources need not wait for the training."
  value       = local.solution_arns
}

output "popularity_solution_arn" {
  description = "ARN of the solution of the recipe Popularity-Count, computed from its name; null without one."
  value       = var.popularity_baseline ? "${local.arn_prefix}:solution/${local.popularity_name}" : null
}

output "campaign_arns" {
  description = "ARN of the campaign of each model. It is computed from the name, so that other resources need not wait for the training."
  value       = local.campaign_arns
}

output "filters" {
  description = "ARN of each filter, computed from its name, and the placeholders of its expression."
  value       = local.filters
}

output "ledger_parameter_names" {
  description = "Name of the SSM parameter with the ledger of each model."
  value       = { for model, parameter in aws_ssm_parameter.ledger : model => parameter.name }
}

output "role_arn" {
  description = "ARN of the role with which Personalize reads the seed bucket."
  value       = aws_iam_role.this.arn
}
