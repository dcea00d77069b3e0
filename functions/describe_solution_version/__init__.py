"""Tells the state of a training."""
