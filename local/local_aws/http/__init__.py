"""The HTTP side of the server: connections, repeated calls, second tries."""
