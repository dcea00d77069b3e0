"""What several groups of scripts share: terminal output, environments, Terraform, deployed names."""
