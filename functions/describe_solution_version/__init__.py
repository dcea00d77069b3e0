"""Reports the state of a training, and of the Popularity-Count training beside it."""
