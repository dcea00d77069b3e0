"""Lets a campaign serve what the ledger says."""
