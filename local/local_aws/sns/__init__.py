"""SNS: e-mails that are kept, and the authorization of deliveries."""
