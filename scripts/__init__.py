"""Packaging, the scripts that Terraform runs, and the operations behind the Makefile."""
