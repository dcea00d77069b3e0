"""Recommendations of animal groups for one visitor."""
