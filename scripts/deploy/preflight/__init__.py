"""Checks before the first apply of an environment. They change nothing."""
