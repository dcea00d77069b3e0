"""Says how far a training is."""
