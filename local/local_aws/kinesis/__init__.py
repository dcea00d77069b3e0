"""Kinesis: shards, read directly, and corrections of moto."""
