output "topic_arn" {
  description = "ARN of the topic that carries outcomes of retraining, alarms and budget warnings."
  value       = aws_sns_topic.this.arn
}
