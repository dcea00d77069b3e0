output "url" {
  description = "URL of the HTTP API for browsers. openapi.yaml has the paths."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "api_id" {
  description = "Id of the HTTP API."
  value       = aws_apigatewayv2_api.this.id
}

output "routes" {
  description = "Route of each function, by function name."
  value       = local.routes
}

output "function_names" {
  description = "Names of the functions of this module, by package name."
  value       = { for name, function in module.function : name => function.function_name }
}

output "visitor_tokens" {
  description = "What functions need to check visitors' tokens; see modules/lambda_function."
  value       = local.visitor_tokens
}

output "log_group_name" {
  description = "Name of the log group of the access log, which has one JSON object for each request."
  value       = aws_cloudwatch_log_group.access.name
}
