"""Pets like a given pet or group."""
