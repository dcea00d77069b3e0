"""Kinesis: direct access to shards, and corrections of moto."""
