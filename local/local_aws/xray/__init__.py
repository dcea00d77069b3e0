"""X-Ray: how many traces are kept."""
