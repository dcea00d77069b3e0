"""The catalogue of pets: the animals behind the groups that Personalize knows."""
