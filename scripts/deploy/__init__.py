"""Deployment: Terraform on one environment, and what is run before it (preflight, cost, plan report)."""
