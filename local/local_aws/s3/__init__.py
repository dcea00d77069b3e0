"""S3: corrections of moto."""
