resource "aws_scheduler_schedule" "this" {
  name                         = local.name
  description                  = "Starts the retraining of all models."
  state                        = var.settings.enabled ? "ENABLED" : "DISABLED"
  schedule_expression          = var.settings.schedule_expression
  schedule_expression_timezone = var.settings.timezone
  kms_key_arn                  = var.platform.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sfn_state_machine.this.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ scheduled = true })

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}

# The run itself sends the outcomes of single models by e-mail. This rule is for runs that broke off as a whole.
resource "aws_cloudwatch_event_rule" "broke_off" {
  name        = "${local.name}-broke-off"
  description = "Executions of ${local.name} that failed, were aborted or timed out."

  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = {
      stateMachineArn = [aws_sfn_state_machine.this.arn]
      status          = ["ABORTED", "FAILED", "TIMED_OUT"]
    }
  })
}

resource "aws_cloudwatch_event_target" "mail" {
  rule      = aws_cloudwatch_event_rule.broke_off.name
  target_id = "mail"
  arn       = var.topic_arn

  input_transformer {
    input_paths = {
      cause     = "$.detail.cause"
      error     = "$.detail.error"
      execution = "$.detail.executionArn"
      name      = "$.detail.name"
      status    = "$.detail.status"
    }

    # Each line is a separate string. The event of an encrypted state machine may have no error and no cause.
    input_template = join("\n", [for line in [
      "The retraining run <name> of the animal recommender (${var.platform.environment}) broke off: <status>.",
      "WHY: <error> <cause>",
      "Trainings of this run are being stopped. Models that had been reported before are not affected. A campaign whose update was under way goes on to the new version, which is not verified; the next run restores the verified version.",
      "WHAT TO DO: show the whole cause with: aws stepfunctions describe-execution --execution-arn <execution>",
      "Then start a new run with make retrain ENV=${var.platform.environment}, and show what is deployed with make models ENV=${var.platform.environment}. If it says NOT VERIFIED, make rollback MODEL=recommender ENV=${var.platform.environment} restores the verified version at once.",
    ] : "\"${line}\""])
  }
}

resource "aws_cloudwatch_event_target" "stop_training" {
  rule      = aws_cloudwatch_event_rule.broke_off.name
  target_id = "stop-training"
  arn       = module.function["stop_solution_version"].alias_arn

  input_transformer {
    input_paths    = { name = "$.detail.name" }
    input_template = "{\"executionName\": <name>, \"solutionArns\": ${jsonencode(local.trained_solution_arns)}}"
  }
}

resource "aws_lambda_permission" "stop_training" {
  statement_id  = "broke-off"
  action        = "lambda:InvokeFunction"
  function_name = module.function["stop_solution_version"].function_name
  qualifier     = module.function["stop_solution_version"].alias_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.broke_off.arn
}
