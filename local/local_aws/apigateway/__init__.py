"""API Gateway's HTTP APIs, answered: routes, who is let in, throttling, functions behind them, access logs."""
