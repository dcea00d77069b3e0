"""moto's server, which answers what no service here does."""
