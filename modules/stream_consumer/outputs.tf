output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue."
  value       = aws_sqs_queue.dead_letters.url
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue."
  value       = local.queue_name
}
