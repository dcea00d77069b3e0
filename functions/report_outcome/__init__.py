"""Tells people, the ledger and CloudWatch what a run came to for one model."""
