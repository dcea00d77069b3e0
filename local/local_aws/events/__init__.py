"""EventBridge: rules, their targets, and what the targets get."""
