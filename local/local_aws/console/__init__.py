"""The console: a page that shows the system at work, and documents of `/_local/` that are sent when they change."""

from local_aws.console.console import Console

__all__ = ["Console"]
