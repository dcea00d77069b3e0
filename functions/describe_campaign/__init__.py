"""Says whether a campaign serves what was asked for."""
