"""S3: the message of an event notification.

Source: S3 user guide, "Event message structure" and "Event ordering and duplicate events".
"""

import secrets
import time
from typing import Any

from moto.s3 import notifications
from moto.s3.models import FakeBucket

from local_aws.moto_patches.patching import correction
from local_aws.s3.object_lists import encode_key


@correction
def complete_messages() -> None:
    """Send the whole record: version id, sequencer, requester, and the key with its slashes.

    Cause: moto/s3/notifications.py, _get_s3_event encodes the slashes of a key, and leaves out what tells two versions
    of an object apart.
    """
    original = notifications._get_s3_event

    def message(event_name: str, bucket: FakeBucket, key: Any, notification_id: str) -> dict[str, Any]:
        sent: dict[str, Any] = original(event_name, bucket, key, notification_id)
        for record in sent["Records"]:
            record |= {
                "userIdentity": {"principalId": f"AWS:{bucket.account_id}"},
                "requestParameters": {"sourceIPAddress": "127.0.0.1"},
                "responseElements": {"x-amz-request-id": secrets.token_hex(8).upper(), "x-amz-id-2": "local"},
            }
            record["s3"]["bucket"]["ownerIdentity"] = {"principalId": bucket.account_id}
            record["s3"]["object"] |= _object(bucket, key)
        return sent

    notifications._get_s3_event = message


def _object(bucket: FakeBucket, key: Any) -> dict[str, Any]:
    """Return key and sequencer, a hexadecimal number that grows with each event, and the version if there are any."""
    described = {"key": encode_key(key.name), "sequencer": f"{time.time_ns():018X}"}
    return described | ({"versionId": key.version_id} if bucket.is_versioned else {})
