locals {
  # This module had the name front_door. With another name here the access log would be replaced.
  name        = "${var.prefix}-front-door"
  description = yamldecode(file("${path.module}/openapi.yaml"))

  # Operation -> its route and its function, which has the operation's name unless x-function says another one. Only the
  # OpenAPI description names paths.
  operations = merge([for path, operations in local.description.paths : { for method, operation in operations :
    operation.operationId => { route = "${upper(method)} ${path}", function = try(operation["x-function"], operation.operationId) }
  }]...)
  functions = { for name, operation in local.operations : name => operation.function if contains(keys(var.alias_arns), operation.function) }

  # What changes the catalogue. A token that lets somebody ask for recommendations must not be enough for it.
  writing = toset(["put_pets", "change_pets", "remove_pets"])
  scopes  = { for name in keys(local.functions) : name => contains(local.writing, name) ? try(var.settings.jwt.pets_scopes, []) : try(var.settings.jwt.scopes, []) }
  routes  = { for name in keys(local.functions) : name => local.operations[name].route if var.settings.jwt == null || !contains(local.writing, name) || length(local.scopes[name]) > 0 }
}

resource "aws_apigatewayv2_api" "this" {
  name          = local.name
  description   = local.description.info.title
  version       = local.description.info.version
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count = var.settings.jwt == null ? 0 : 1

  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.settings.jwt.issuer
    audience = var.settings.jwt.audience
  }
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.routes

  api_id                 = aws_apigatewayv2_api.this.id
  description            = each.key
  integration_type       = "AWS_PROXY"
  integration_uri        = var.alias_arns[local.functions[each.key]]
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id               = aws_apigatewayv2_api.this.id
  route_key            = each.value
  target               = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
  authorization_type   = var.settings.jwt == null ? "AWS_IAM" : "JWT"
  authorizer_id        = one(aws_apigatewayv2_authorizer.jwt[*].id)
  authorization_scopes = var.settings.jwt == null ? null : local.scopes[each.key]
}

# Each function can be invoked through its own routes only.
resource "aws_lambda_permission" "this" {
  for_each = local.routes

  function_name = regex("function:([^:]+):", var.alias_arns[local.functions[each.key]])[0]
  qualifier     = regex("[^:]+$", var.alias_arns[local.functions[each.key]])
  statement_id  = each.key == local.functions[each.key] ? "FrontDoor" : "FrontDoor-${each.key}"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/${replace(each.value, " /", "/")}"
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit    = var.settings.throttling.rate
    throttling_burst_limit   = var.settings.throttling.burst
    detailed_metrics_enabled = true
  }

  # Nothing about the visitor is logged: no IP address, no user agent, no claims.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(jsondecode(file("${path.module}/access_log.json")))
  }
}

# With this prefix of the name the log resource policy of the account does not grow with every API
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_338:The retention is a setting of the environment; prod.tfvars sets a year
  name              = "/aws/vendedlogs/apigateway/${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  count = var.alarm.enabled ? 1 : 0

  alarm_name          = "${local.name}-errors"
  alarm_description   = "Requests to the HTTP API failed with 5xx: a function failed or was throttled. Look into ${aws_cloudwatch_log_group.access.name}."
  alarm_actions       = [var.alarm.topic_arn]
  namespace           = "AWS/ApiGateway"
  metric_name         = "5xx"
  dimensions          = { ApiId = aws_apigatewayv2_api.this.id }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
}
