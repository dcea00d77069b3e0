output "url" {
  description = "URL of the HTTP API. openapi.yaml has the paths."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "api_id" {
  description = "Id of the HTTP API."
  value       = aws_apigatewayv2_api.this.id
}

output "invoke_arn" {
  description = "ARN on which the IAM policy of a caller must allow execute-api:Invoke (without jwt)."
  value       = "${aws_apigatewayv2_api.this.execution_arn}/*/POST/*"
}

output "pets_invoke_arns" {
  description = "ARNs on which the IAM policy of an app that puts, changes and removes pets must allow execute-api:Invoke (without jwt)."
  value       = [for name, route in local.routes : "${aws_apigatewayv2_api.this.execution_arn}/*/${replace(route, " /", "/")}" if contains(local.writing, name)]
}

output "routes" {
  description = "Route of each operation of openapi.yaml, by operationId."
  value       = local.routes
}

output "log_group_name" {
  description = "Name of the log group of the access log, which has one JSON object for each request."
  value       = aws_cloudwatch_log_group.access.name
}
