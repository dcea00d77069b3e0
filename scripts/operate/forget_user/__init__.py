"""Remove one visitor from everything that the system keeps: raw events, history, dead letters, Personalize."""
