"""API Gateway: HTTP APIs with routes, authorizers, throttling, function integrations and access logs."""
