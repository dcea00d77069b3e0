output "stream_name" {
  description = "Name of the Kinesis stream that apps send events to."
  value       = module.animal_recommender.stream_name
}

output "function_names" {
  description = "Deployed name of each function; apps invoke recommend and get_history."
  value       = module.animal_recommender.function_names
}
