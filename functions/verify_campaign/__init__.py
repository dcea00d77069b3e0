"""The canary: asks a campaign as an app would, and says whether the answers make sense."""
