"""Pets of the groups that many visitors look at lately."""
