"""What happens by time or by event: EventBridge rules and Scheduler."""
