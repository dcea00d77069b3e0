"""Publishes the catalogue of pets: its snapshot for recommend, and its groups for Personalize."""
