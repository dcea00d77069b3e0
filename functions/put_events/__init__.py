"""Send events from the Kinesis stream to the Personalize event tracker."""
