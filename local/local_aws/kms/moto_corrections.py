"""KMS: key rotation."""

import json
from typing import Any

from moto.kms.responses import KmsResponse

from local_aws.moto_patches.patching import correction, wrap_method

_DEFAULT_DAYS = 365


@correction
def keep_rotation_period() -> None:
    """Keep RotationPeriodInDays.

    Cause: moto/kms/responses.py, enable_key_rotation and get_key_rotation_status know no period, so that
    aws_kms_key.rotation_period_in_days differs in every plan.
    """

    @wrap_method(KmsResponse, "enable_key_rotation")
    def enable_key_rotation(original: Any, self: KmsResponse) -> Any:
        answer = original(self)
        _key(self).rotation_period_in_days = self._get_param("RotationPeriodInDays") or _DEFAULT_DAYS
        return answer

    @wrap_method(KmsResponse, "get_key_rotation_status")
    def get_key_rotation_status(original: Any, self: KmsResponse) -> str:
        status = json.loads(original(self))
        if status["KeyRotationEnabled"]:
            status["RotationPeriodInDays"] = getattr(_key(self), "rotation_period_in_days", _DEFAULT_DAYS)
        return json.dumps(status)


def _key(response: KmsResponse) -> Any:
    backend = response.kms_backend
    return backend.keys[backend.get_key_id(response._get_param("KeyId"))]
