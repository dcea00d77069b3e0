"""Writes events from the Kinesis stream to each visitor's history in DynamoDB."""
