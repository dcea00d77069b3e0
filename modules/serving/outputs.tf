output "function_names" {
  description = "Names of the functions that apps invoke, by package name: recommend, and rerank, similar and trending if they have a model."
  value       = { for name, function in module.function : name => function.function_name }
}

output "alias_arns" {
  description = "ARN of the alias `live` of each function, which apps invoke."
  value       = { for name, function in module.function : name => function.alias_arn }
}
