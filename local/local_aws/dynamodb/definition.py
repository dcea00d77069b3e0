"""The definition of DynamoDB: moto answers it, with corrections; expired items are deleted."""

from local_aws.dynamodb.expiration import Expiration
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Delete expired items."""
    return RunningService(parts=(Expiration(),))


SERVICE = Service(
    "dynamodb", start, corrections=("local_aws.dynamodb.moto_corrections", "local_aws.dynamodb.packed_items")
)
