"""What tests of the local AWS, and tests that run against it, share."""
