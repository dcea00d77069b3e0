"""CloudWatch: metrics, and alarms that are evaluated every second."""
