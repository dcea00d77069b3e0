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

output "routes" {
  description = "Route of each function, by function name."
  value       = local.routes
}

output "log_group_name" {
  description = "Name of the log group of the access log, which has one JSON object for each request."
  value       = aws_cloudwatch_log_group.access.name
}
