"""Asks a campaign to serve a new solution version."""
