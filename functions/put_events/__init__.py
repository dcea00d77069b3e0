"""Kinesis events to the Personalize event tracker."""
