"""Checks of data, Terraform files and permissions."""
