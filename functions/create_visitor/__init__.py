"""Issues the token of a new anonymous visitor."""
