output "table_name" {
  description = "Name of the DynamoDB table that holds each user's events."
  value       = aws_dynamodb_table.history.name
}

output "table_arn" {
  description = "ARN of the DynamoDB table that holds each user's events."
  value       = aws_dynamodb_table.history.arn
}

output "function_names" {
  description = "Names of the functions record_history and get_history, by package name."
  value = {
    record_history = module.record_history.function_name
    get_history    = module.get_history.function_name
  }
}

output "get_history_alias_arn" {
  description = "ARN of the alias `live` of get_history, which apps invoke."
  value       = module.get_history.alias_arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue of record_history."
  value       = module.record_history.dead_letter_queue_url
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue of record_history."
  value       = module.record_history.dead_letter_queue_name
}
