"""KMS: corrections of moto, and the permissions that encrypted resources require for their keys."""
