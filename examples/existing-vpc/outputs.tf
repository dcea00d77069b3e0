output "stream_name" {
  description = "Name of the Kinesis stream that apps send events to."
  value       = module.animal_recommender.stream_name
}

output "function_names" {
  description = "Deployed name of each function; apps invoke recommend and get_history."
  value       = module.animal_recommender.function_names
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "Ids of the subnets that the functions run in."
  value       = values(aws_subnet.private)[*].id
}
