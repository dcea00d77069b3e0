"""An example login: an OpenID Connect issuer whose tokens the HTTP APIs of this server accept."""
