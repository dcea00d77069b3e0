"""IAM that is enforced: policies, trust and keys are checked for every call, and recorded."""
