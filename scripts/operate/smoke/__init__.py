"""A test of a deployed environment with a visitor who does not exist."""
