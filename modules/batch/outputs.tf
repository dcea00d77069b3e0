output "function_names" {
  description = "Names of the functions by package name: start_batch and check_batch."
  value       = { for name, function in module.function : name => function.function_name }
}
