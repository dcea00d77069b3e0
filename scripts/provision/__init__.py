"""What Terraform's provisioners run."""
