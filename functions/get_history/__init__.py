"""Returns the history of one visitor."""
