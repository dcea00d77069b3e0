"""KMS: which key each call uses."""
