"""HTTP: the web server, idempotent responses and retries."""
