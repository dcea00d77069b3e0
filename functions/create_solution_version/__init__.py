"""Starts the training of one model, once for each run."""
