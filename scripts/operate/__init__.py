"""Commands that operators run on a deployed environment."""
