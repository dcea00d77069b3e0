"""Whether the newest batch of recommendations was written."""
