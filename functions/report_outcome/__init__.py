"""Records the outcome of one model's run in its ledger, as metrics, and as a mail."""
