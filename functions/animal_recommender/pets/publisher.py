"""Calls publish_pets, so that a change of the catalogue reaches answers and Personalize within seconds."""

from typing import TYPE_CHECKING

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.observability import logger
from animal_recommender.pets.pet_writer import PetWriter

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


def announce_change(writer: PetWriter, functions: "LambdaClient", publisher: str) -> None:
    """Note that the catalogue has changed, and invoke the function `publisher` asynchronously.

    If that fails, the change is published a minute later: the publisher has a schedule, too.
    """
    writer.mark_changed()
    try:
        functions.invoke(FunctionName=publisher, InvocationType="Event", Payload=b"{}")
    except AwsError as error:
        logger.warning("The publisher was not invoked", extra={"code": error_code(error)})
