"""Code that the functions of the retraining state machine share."""
