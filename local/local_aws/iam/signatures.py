"""Who signed a request: the credential scope of a Signature Version 4.

Source: IAM user guide, "AWS Signature Version 4 for API requests". The signature itself is not checked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local_aws.iam.actors import Actor
from local_aws.iam.credentials import actor_of_key

_SCOPE = re.compile(r"Credential=(?P<key>[^/,]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class CredentialScope:
    """The access key that signed a request, and the region and the signing name in the signature."""

    access_key_id: str
    region: str
    signing_name: str

    @property
    def actor(self) -> Actor:
        """Who has the access key."""
        return actor_of_key(self.access_key_id)


def read_scope(environ: Mapping[str, Any]) -> CredentialScope | None:
    """Return the scope of a request's signature; None for a request that is not signed."""
    # A presigned URL is signed in its query.
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION") or unquote(environ.get("QUERY_STRING", "")))
    return CredentialScope(found["key"], found["region"], found["service"]) if found else None
