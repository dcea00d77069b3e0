"""Shared parts of the tests of the local AWS, and the pytest plugin for other projects."""
