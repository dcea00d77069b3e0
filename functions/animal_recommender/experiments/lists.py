"""What an arm of an experiment can show that is no model."""

POPULAR = "popular"
NEWEST = "newest"
LONGEST_WAITING = "longest_waiting"
HOLD_OUT = "hold_out"

LISTS = frozenset({POPULAR, NEWEST, LONGEST_WAITING, HOLD_OUT})
"""The popular list, pets by their listing, and what somebody gets of whom nothing is known."""
