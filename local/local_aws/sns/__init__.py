"""SNS: mail, and who may deliver to whom."""
