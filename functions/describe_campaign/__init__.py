"""Report whether a campaign serves the requested version."""
