output "function_names" {
  description = "Names of the functions that apps invoke: recommend, and rerank if there is a model reranker."
  value       = { for name, function in module.function : name => function.function_name }
}

output "alias_arns" {
  description = "ARN of each function's alias `live`, which callers invoke."
  value       = { for name, function in module.function : name => function.alias_arn }
}
