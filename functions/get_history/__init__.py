"""The history of one visitor, newest first."""
