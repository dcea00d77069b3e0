"""Merges an anonymous visitor into the user who has logged in, and issues the token of the user."""
