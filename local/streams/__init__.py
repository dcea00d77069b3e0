"""What reads Kinesis streams: Lambda event source mappings and Firehose."""
