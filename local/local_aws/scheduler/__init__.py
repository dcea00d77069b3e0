"""EventBridge Scheduler: what fires by time."""
