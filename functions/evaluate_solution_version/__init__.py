"""Decides whether a trained version is good enough to serve."""
