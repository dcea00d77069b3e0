"""What operators run on a deployed environment."""
