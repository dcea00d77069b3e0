"""The definition of X-Ray: moto answers it, with corrections."""

from local_aws import registry
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Correct moto at the first request: its X-Ray loads an SDK that takes 19 MB."""
    return RunningService(prepare_moto=lambda: registry.correct_moto_for("xray"))


SERVICE = Service("xray", start, corrections=("local_aws.xray.retention",), corrects_late=True)
