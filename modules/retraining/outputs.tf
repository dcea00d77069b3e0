output "state_machine_arn" {
  description = "ARN of the state machine that retrains the models."
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "function_names" {
  description = "Name of each deployed function of the state machine, by package name."
  value       = { for name, function in module.function : name => function.function_name }
}

output "log_group_name" {
  description = "Name of the log group of the executions."
  value       = aws_cloudwatch_log_group.this.name
}

output "schedule_name" {
  description = "Name of the schedule that starts the runs."
  value       = aws_scheduler_schedule.this.name
}

output "rule_name" {
  description = "Name of the EventBridge rule for runs that broke off."
  value       = aws_cloudwatch_event_rule.broke_off.name
}
