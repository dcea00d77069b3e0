"""Decides which models a run retrains, by which rules, and whether an older run is still in progress."""
