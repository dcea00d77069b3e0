"""EventBridge: rules, their targets, and the input of the targets."""
