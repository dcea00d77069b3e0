"""Kinesis events to the history of each visitor in DynamoDB."""
