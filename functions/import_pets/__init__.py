"""Imports feeds: files with the pets of a shelter."""
