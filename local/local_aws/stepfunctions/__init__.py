"""Step Functions: moto's interpreter, connected to this server."""
