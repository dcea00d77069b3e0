"""Starts one training of a solution, once for each run."""
