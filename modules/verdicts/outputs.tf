output "function_names" {
  description = "Names of the functions by package name: judge_experiments."
  value       = { judge_experiments = module.function.function_name }
}
