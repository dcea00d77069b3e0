"""The state of a deployed environment on one screen."""
