"""Report the state of a training."""
