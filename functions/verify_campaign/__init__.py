"""The canary: sends a campaign the requests of an app, and checks the responses."""
