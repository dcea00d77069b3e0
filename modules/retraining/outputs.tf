output "state_machine_arn" {
  description = "ARN of the state machine that retrains the models."
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "function_names" {
  description = "Package name of each function of the state machine -> its deployed name."
  value       = { for name, function in module.function : name => function.function_name }
}

output "log_group_name" {
  description = "Log group of the state machine's executions."
  value       = aws_cloudwatch_log_group.this.name
}

output "schedule_name" {
  description = "Name of the schedule that starts the runs."
  value       = aws_scheduler_schedule.this.name
}
