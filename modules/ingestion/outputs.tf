output "stream_name" {
  description = "Name of the Kinesis stream that apps send events to."
  value       = aws_kinesis_stream.events.name
}

output "stream_arn" {
  description = "ARN of the Kinesis stream."
  value       = aws_kinesis_stream.events.arn
}

output "firehose_name" {
  description = "Name of the Firehose delivery stream."
  value       = aws_kinesis_firehose_delivery_stream.raw_events.name
}

output "accept_events" {
  description = "Name of the function accept_events, and ARN of its alias `live`, which apps invoke."
  value       = { function_name = module.accept_events.function_name, alias_arn = module.accept_events.alias_arn }
}

output "function_name" {
  description = "Name of the function put_events."
  value       = module.put_events.function_name
}

output "normalize_events_function_name" {
  description = "Name of the function normalize_events, which Firehose invokes."
  value       = module.normalize_events.function_name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue of put_events."
  value       = module.put_events.dead_letter_queue_url
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue of put_events."
  value       = module.put_events.dead_letter_queue_name
}
