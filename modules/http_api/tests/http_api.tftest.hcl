mock_provider "aws" {
  mock_resource "aws_apigatewayv2_api" {
    override_during = plan
    defaults = {
      id            = "abcdef1234"
      api_endpoint  = "https://abcdef1234.execute-api.us-east-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234"
    }
  }
  mock_resource "aws_cloudwatch_log_group" {
    override_during = plan
    defaults        = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:test" }
  }
}

variables {
  prefix             = "test-animal-recommender"
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  log_retention_days = 30
  alarm              = { topic_arn = "arn:aws:sns:us-east-1:123456789012:test" }
  alias_arns = {
    recommend      = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-recommend:live"
    rerank         = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-rerank:live"
    get_history    = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-get-history:live"
    accept_events  = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-accept-events:live"
    put_pets       = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-put-pets:live"
    record_history = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-record-history:live"
  }
}

run "given_functions_when_planned_then_each_function_of_the_description_has_a_route_to_its_alias" {
  command = plan

  assert {
    condition = output.routes == {
      accept_events = "POST /events"
      recommend     = "POST /recommendations"
      rerank        = "POST /rankings"
      get_history   = "POST /history"
      put_pets      = "PUT /pets"
      change_pets   = "PATCH /pets"
      remove_pets   = "DELETE /pets"
    }
    error_message = "The routes must be those of openapi.yaml."
  }
  assert {
    condition     = alltrue([for name, integration in aws_apigatewayv2_integration.this : integration.integration_uri == var.alias_arns[endswith(name, "_pets") ? "put_pets" : name]])
    error_message = "A route must invoke the alias, which has provisioned concurrency and SnapStart."
  }
}

run "given_a_route_when_planned_then_only_that_route_may_invoke_its_function" {
  command = plan

  assert {
    condition     = aws_lambda_permission.this["recommend"].function_name == "test-animal-recommender-recommend" && aws_lambda_permission.this["recommend"].qualifier == "live"
    error_message = "The permission must be for the alias."
  }
  assert {
    condition     = aws_lambda_permission.this["recommend"].source_arn == "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/POST/recommendations"
    error_message = "The permission must name this route of this API."
  }
  assert {
    condition = alltrue([for name, method in { put_pets = "PUT", change_pets = "PATCH", remove_pets = "DELETE" } :
      aws_lambda_permission.this[name].source_arn == "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/${method}/pets"
    ])
    error_message = "Each route of pets must be able to invoke its function."
  }
  assert {
    condition     = length(toset([for name in ["put_pets", "change_pets", "remove_pets"] : aws_lambda_permission.this[name].statement_id])) == 3
    error_message = "Two statements of one function must have different ids."
  }
  assert {
    condition     = length(output.pets_invoke_arns) == 3 && !strcontains(output.invoke_arn, "PUT")
    error_message = "The right to ask must not be the right to change pets."
  }
}

run "given_no_jwt_when_planned_then_callers_sign_with_iam" {
  command = plan

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "AWS_IAM"])
    error_message = "Every route must have an authorization."
  }
  assert {
    condition     = length(aws_apigatewayv2_authorizer.jwt) == 0
    error_message = "With IAM there must be no authorizer."
  }
}

run "given_an_issuer_when_planned_then_every_route_requires_its_tokens" {
  command = plan
  variables {
    settings = { jwt = { issuer = "https://id.example.org", audience = ["site"], scopes = ["recommendations"] } }
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "JWT" && route.authorization_scopes == toset(["recommendations"])])
    error_message = "Every route must have an authorization."
  }
  assert {
    condition     = length(setintersection(keys(output.routes), ["put_pets", "change_pets", "remove_pets"])) == 0
    error_message = "Without a scope of their own the routes of pets must not exist: every visitor's token would change the catalogue."
  }
  assert {
    condition     = aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].issuer == "https://id.example.org"
    error_message = "The authorizer must accept tokens of this issuer only."
  }
}

run "given_a_scope_for_pets_when_planned_then_their_routes_require_it_and_no_other_does" {
  command = plan
  variables {
    settings = { jwt = { issuer = "https://id.example.org", audience = ["site"], pets_scopes = ["pets"] } }
  }

  assert {
    condition     = alltrue([for name in ["put_pets", "change_pets", "remove_pets"] : aws_apigatewayv2_route.this[name].authorization_scopes == toset(["pets"])])
    error_message = "Who changes pets must have the scope for it."
  }
  assert {
    condition     = aws_apigatewayv2_route.this["recommend"].authorization_scopes == null || length(coalesce(aws_apigatewayv2_route.this["recommend"].authorization_scopes, [])) == 0
    error_message = "Other routes must not need it."
  }
}

run "given_a_stage_when_planned_then_it_throttles_and_its_encrypted_log_has_nothing_about_the_visitor" {
  command = plan
  variables {
    settings = { throttling = { rate = 7 } }
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 7 && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 100
    error_message = "Each setting must have its own default."
  }
  assert {
    condition     = aws_cloudwatch_log_group.access.kms_key_id == var.kms_key_arn && aws_apigatewayv2_stage.this.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.access.arn
    error_message = "The access log must be encrypted with the environment's key."
  }
  assert {
    condition     = !can(regex("identity|claims|userAgent", aws_apigatewayv2_stage.this.access_log_settings[0].format))
    error_message = "The access log must not have the caller."
  }
}

run "given_no_reranker_when_planned_then_there_is_no_route_for_rankings" {
  command = plan
  variables {
    alias_arns = {
      recommend   = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-recommend:live"
      get_history = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-get-history:live"
    }
  }

  assert {
    condition     = keys(output.routes) == ["get_history", "recommend"]
    error_message = "A route without a function would only fail."
  }
}

run "given_alarms_off_when_planned_then_there_is_no_alarm" {
  command = plan
  variables {
    alarm = { enabled = false, topic_arn = "arn:aws:sns:us-east-1:123456789012:test" }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.errors) == 0
    error_message = "{ enabled = false } must create no alarm."
  }
}

run "given_an_issuer_without_https_when_planned_then_refused" {
  command = plan
  variables {
    settings = { jwt = { issuer = "id.example.org", audience = ["site"] } }
  }
  expect_failures = [var.settings]
}

run "given_no_audience_when_planned_then_refused" {
  command = plan
  variables {
    settings = { jwt = { issuer = "https://id.example.org", audience = [] } }
  }
  expect_failures = [var.settings]
}

run "given_no_burst_when_planned_then_refused" {
  command = plan
  variables {
    settings = { throttling = { burst = 0 } }
  }
  expect_failures = [var.settings]
}
