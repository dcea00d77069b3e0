"""Firehose: delivery streams that read Kinesis and write to S3."""
