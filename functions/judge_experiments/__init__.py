"""The Lambda function judge_experiments."""
