"""What an environment costs a month, by component and by the rate of events."""
