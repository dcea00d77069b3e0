"""Checks of data, of Terraform files, and of the rights that roles have."""
