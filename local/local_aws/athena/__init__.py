"""Athena: runs SQL queries on the objects in S3."""
