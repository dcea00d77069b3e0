"""Turn the records of the stream into the lines of the raw store, for Firehose."""
