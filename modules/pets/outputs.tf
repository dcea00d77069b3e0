output "table_name" {
  description = "Name of the DynamoDB table of pets."
  value       = aws_dynamodb_table.pets.name
}

output "table_arn" {
  description = "ARN of the DynamoDB table of pets."
  value       = aws_dynamodb_table.pets.arn
}

output "publish_alias_arn" {
  description = "ARN of the alias `live` of publish_pets, which everyone invokes who changes the catalogue."
  value       = module.publish_pets.alias_arn
}

output "function_names" {
  description = "Names of the functions, by package name."
  value = {
    put_pets     = module.put_pets.function_name
    import_pets  = module.import_pets.function_name
    publish_pets = module.publish_pets.function_name
  }
}

output "put_pets_alias_arn" {
  description = "ARN of the alias `live` of put_pets, which the app invokes that knows the pets."
  value       = module.put_pets.alias_arn
}
