"""Starts one training, once for each run."""
