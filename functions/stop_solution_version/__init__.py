"""Stops the trainings that a run left in progress, so that none of them goes on and costs money."""
