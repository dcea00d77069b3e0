"""EventBridge Scheduler: schedule expressions, and the clock that fires schedules and rules."""
