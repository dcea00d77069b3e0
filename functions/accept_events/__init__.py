"""Puts events of apps and browsers on the stream."""
