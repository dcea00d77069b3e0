"""CloudWatch alarms: looked at every second, with their actions carried out."""
