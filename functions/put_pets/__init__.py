"""Puts and removes up to 100 pets of the catalogue."""
