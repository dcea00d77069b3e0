"""A web site at the endpoint: what CloudFront and a bucket would serve."""
