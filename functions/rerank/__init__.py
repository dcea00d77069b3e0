"""A list of animals, ordered for one visitor."""
