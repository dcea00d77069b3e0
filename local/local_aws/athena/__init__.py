"""Athena: SQL that is answered from the objects in S3."""
