locals {
  name        = "${var.prefix}-browser-api"
  description = yamldecode(file(var.description_path))

  # What the tokens are made and checked with. It needs no function and no API, so other modules can depend on it.
  visitor_tokens = {
    key_arn    = aws_kms_key.tokens.arn
    days       = var.settings.tokens.days
    generation = var.settings.tokens.generation
  }

  aliases = merge(var.alias_arns, { for name, function in module.function : name => function.alias_arn })

  # Function -> its route. Only the OpenAPI description names paths, and says by a tag which are for browsers.
  routes = { for path, operations in local.description.paths : operations.post.operationId => "POST ${path}"
  if contains(try(operations.post.tags, []), "browser") && contains(keys(local.aliases), try(operations.post.operationId, "")) }

  # Logging in is the only request for which API Gateway looks at a token: that of the site.
  routes_with_login = ["identify_visitor"]
}

resource "aws_apigatewayv2_api" "this" {
  name          = local.name
  description   = "${local.description.info.title}, for browsers"
  version       = local.description.info.version
  protocol_type = "HTTP"

  dynamic "cors_configuration" {
    for_each = length(var.settings.origins) > 0 ? [var.settings.origins] : []

    content {
      allow_origins  = cors_configuration.value
      allow_methods  = ["POST"]
      allow_headers  = ["authorization", "content-type"]
      expose_headers = ["date"] # by which the client corrects a wrong clock
      max_age        = 7200     # no browser remembers it longer
    }
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count = var.settings.jwt == null ? 0 : 1

  api_id           = aws_apigatewayv2_api.this.id
  name             = "login"
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
  integration_uri        = local.aliases[each.key]
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:Anybody may become a visitor. The functions check the token of the visitor themselves, because the stage tells them that a browser asks
  for_each = local.routes

  api_id               = aws_apigatewayv2_api.this.id
  route_key            = each.value
  target               = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
  authorization_type   = contains(local.routes_with_login, each.key) ? "JWT" : "NONE"
  authorizer_id        = contains(local.routes_with_login, each.key) ? one(aws_apigatewayv2_authorizer.jwt[*].id) : null
  authorization_scopes = contains(local.routes_with_login, each.key) ? var.settings.jwt.scopes : null
}

# Each function can be invoked through its own route only.
resource "aws_lambda_permission" "this" {
  for_each = local.routes

  function_name = regex("function:([^:]+):", local.aliases[each.key])[0]
  qualifier     = regex("[^:]+$", local.aliases[each.key])
  statement_id  = "BrowserApi"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/${replace(each.value, " /", "/")}"
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  # It tells the functions that a request needs a visitor's token (functions/animal_recommender/visitor_access.py). No
  # client can set it. A stage without it would let everybody act for everybody: this API must have no other stage.
  stage_variables = { caller = "visitor" }

  default_route_settings {
    throttling_rate_limit    = var.settings.throttling.rate
    throttling_burst_limit   = var.settings.throttling.burst
    detailed_metrics_enabled = true
  }

  route_settings {
    route_key                = local.routes["create_visitor"]
    throttling_rate_limit    = var.settings.throttling.visitors_rate
    throttling_burst_limit   = var.settings.throttling.visitors_burst
    detailed_metrics_enabled = true
  }

  # Nothing about the visitor is logged: no IP address, no user agent, no claims.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(jsondecode(file("${path.module}/../http_api/access_log.json")))
  }

  # API Gateway refuses settings of a route that does not exist.
  depends_on = [aws_apigatewayv2_route.this]
}

# With this prefix of the name the log resource policy of the account does not grow with every API
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_338:The retention is a setting of the environment; prod.tfvars sets a year
  name              = "/aws/vendedlogs/apigateway/${local.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  count = var.alarm.enabled ? 1 : 0

  alarm_name          = "${local.name}-errors"
  alarm_description   = "Requests of browsers failed with 5xx: a function failed or was throttled, or the stream did not take events. Look into ${aws_cloudwatch_log_group.access.name}."
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
