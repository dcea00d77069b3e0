"""Least privilege, measured: the rights that each role of the local system has, and those it used."""
