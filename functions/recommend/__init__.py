"""Recommends animal groups to one visitor."""
