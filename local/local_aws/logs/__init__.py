"""CloudWatch Logs: keys of log groups, corrections of moto."""
