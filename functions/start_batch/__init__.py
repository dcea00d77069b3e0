"""Recommendations for many users, as a file."""
