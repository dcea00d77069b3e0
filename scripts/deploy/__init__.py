"""What is run before and around a deployment: preflight, cost, plan report."""
