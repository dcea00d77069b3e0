"""Asks a campaign to serve another solution version."""
