output "url" {
  description = "Where the HTTP API is; the paths are in openapi.yaml."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "api_id" {
  description = "Id of the HTTP API."
  value       = aws_apigatewayv2_api.this.id
}

output "invoke_arn" {
  description = "What a caller's IAM policy must allow execute-api:Invoke on (without jwt)."
  value       = "${aws_apigatewayv2_api.this.execution_arn}/*/POST/*"
}

output "routes" {
  description = "Function -> its route."
  value       = local.routes
}

output "log_group_name" {
  description = "Log group of the access log: one JSON object for each request."
  value       = aws_cloudwatch_log_group.access.name
}
