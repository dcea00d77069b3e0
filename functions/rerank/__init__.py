"""Sorts a list of animals by one visitor's interest."""
