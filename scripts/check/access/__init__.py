"""Least privilege, measured: what each role of the local system was granted, and what it used."""
