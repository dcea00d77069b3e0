"""Says which models a run is about, by which rules, and whether an older run is still under way."""
