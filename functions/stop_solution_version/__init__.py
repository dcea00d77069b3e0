"""Stops what a run left in training, so that no paid training outlives its run."""
