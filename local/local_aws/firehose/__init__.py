"""Firehose: delivery streams from Kinesis to S3."""
