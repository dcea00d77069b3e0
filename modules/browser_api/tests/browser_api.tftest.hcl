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
  mock_resource "aws_lambda_alias" {
    override_during = plan
    defaults        = { arn = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-create-visitor:live" }
  }
  mock_resource "aws_kms_key" {
    override_during = plan
    defaults        = { arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111" }
  }
  mock_data "aws_iam_policy_document" {
    override_during = plan
    defaults        = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  prefix                  = "test-animal-recommender"
  account                 = { id = "123456789012", region = "us-east-1", partition = "aws" }
  description_path        = "../http_api/openapi.yaml"
  deletion_window_in_days = 30
  history_table           = { name = "history", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/history", ttl_days = 365 }
  stream                  = { name = "events", arn = "arn:aws:kinesis:us-east-1:123456789012:stream/events" }
  alarm                   = { topic_arn = "arn:aws:sns:us-east-1:123456789012:test" }
  platform = {
    environment        = "test"
    package_directory  = "../lambda_function/tests/fixtures"
    package_bucket     = "packages"
    runtime            = "python3.13"
    architecture       = "arm64"
    log_level          = "INFO"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }
  alias_arns = {
    accept_events = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-accept-events:live"
    recommend     = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-recommend:live"
    rerank        = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-rerank:live"
    get_history   = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-get-history:live"
    put_pets      = "arn:aws:lambda:us-east-1:123456789012:function:test-animal-recommender-put-pets:live"
  }
}

run "given_nothing_but_the_functions_when_planned_then_no_page_of_another_origin_may_call" {
  command = plan

  assert {
    condition     = length(aws_apigatewayv2_api.this.cors_configuration) == 0
    error_message = "No origin is allowed by default."
  }
  assert {
    condition     = output.routes == { accept_events = "POST /events", create_visitor = "POST /visitors", recommend = "POST /recommendations", rerank = "POST /rankings", get_history = "POST /history" }
    error_message = "The routes must be those of openapi.yaml with the tag browser; without a login nobody can be identified."
  }
  assert {
    condition     = aws_apigatewayv2_stage.this.stage_variables == tomap({ caller = "visitor" })
    error_message = "Without this variable the functions would take a browser for a server."
  }
}

run "given_origins_when_planned_then_their_pages_may_call_with_a_token_and_without_cookies" {
  command = plan
  variables {
    settings = { origins = ["https://www.example.org", "http://localhost:3000"] }
  }

  assert {
    condition     = aws_apigatewayv2_api.this.cors_configuration[0].allow_origins == toset(["https://www.example.org", "http://localhost:3000"]) && aws_apigatewayv2_api.this.cors_configuration[0].allow_methods == toset(["POST"])
    error_message = "Exactly these origins may call."
  }
  assert {
    condition     = aws_apigatewayv2_api.this.cors_configuration[0].allow_credentials != true && aws_apigatewayv2_api.this.cors_configuration[0].allow_headers == toset(["authorization", "content-type"]) && aws_apigatewayv2_api.this.cors_configuration[0].expose_headers == toset(["date"])
    error_message = "A token is a header, and no cookie is needed."
  }
}

run "given_a_login_when_planned_then_only_identify_asks_for_it" {
  command = plan
  variables {
    settings = { jwt = { issuer = "https://id.example.org", audience = ["site"], user_claim = "email" } }
  }

  assert {
    condition     = { for name, route in aws_apigatewayv2_route.this : name => route.authorization_type } == { accept_events = "NONE", create_visitor = "NONE", get_history = "NONE", identify_visitor = "JWT", recommend = "NONE", rerank = "NONE" }
    error_message = "The functions check visitors' tokens, API Gateway the login."
  }
  assert {
    condition     = aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].issuer == "https://id.example.org"
    error_message = "The authorizer must accept tokens of this issuer only."
  }
  assert {
    condition     = local.functions.identify_visitor.environment.USER_CLAIM == "email"
    error_message = "The claim must reach the function."
  }
}

run "given_the_key_when_planned_then_it_makes_macs_only" {
  command = plan

  assert {
    condition     = aws_kms_key.tokens.customer_master_key_spec == "HMAC_256" && aws_kms_key.tokens.key_usage == "GENERATE_VERIFY_MAC"
    error_message = "The key must be an HMAC key."
  }
  assert {
    condition     = output.visitor_tokens == { key_arn = aws_kms_key.tokens.arn, days = 30, generation = 1 }
    error_message = "Other functions must get what they check tokens with."
  }
}

run "given_a_stage_when_planned_then_new_visitors_have_a_limit_of_their_own_and_the_log_has_nobody" {
  command = plan
  variables {
    settings = { throttling = { visitors_rate = 3 } }
  }

  assert {
    condition     = one(aws_apigatewayv2_stage.this.route_settings).route_key == "POST /visitors" && one(aws_apigatewayv2_stage.this.route_settings).throttling_rate_limit == 3
    error_message = "New visitors must be limited."
  }
  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 100 && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 200
    error_message = "Each setting must have its own default."
  }
  assert {
    condition     = aws_cloudwatch_log_group.access.kms_key_id == var.platform.kms_key_arn && !can(regex("identity|claims|userAgent", aws_apigatewayv2_stage.this.access_log_settings[0].format))
    error_message = "The access log must be encrypted and must not have the visitor."
  }
}

run "given_a_route_when_planned_then_only_that_route_may_invoke_its_function" {
  command = plan

  assert {
    condition     = aws_lambda_permission.this["accept_events"].source_arn == "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*/POST/events" && aws_lambda_permission.this["accept_events"].qualifier == "live"
    error_message = "The permission must name this route of this API, and the alias."
  }
}

run "given_origins_that_are_none_when_planned_then_refused" {
  command = plan
  variables {
    settings = { origins = ["https://www.example.org/"] }
  }
  expect_failures = [var.settings]
}

run "given_every_origin_when_planned_then_refused" {
  command = plan
  variables {
    settings = { origins = ["*"] }
  }
  expect_failures = [var.settings]
}

run "given_an_issuer_without_https_when_planned_then_refused" {
  command = plan
  variables {
    settings = { jwt = { issuer = "http://id.example.org", audience = ["site"] } }
  }
  expect_failures = [var.settings]
}

run "given_no_limit_of_new_visitors_when_planned_then_refused" {
  command = plan
  variables {
    settings = { throttling = { visitors_rate = 0 } }
  }
  expect_failures = [var.settings]
}

run "given_tokens_that_live_for_years_when_planned_then_refused" {
  command = plan
  variables {
    settings = { tokens = { days = 366 } }
  }
  expect_failures = [var.settings]
}
