"""AWS clients with timeouts and retries that fit a Lambda function.

Only botocore is used: importing boto3 as well costs every cold start 17 ms, and these functions need nothing of it.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, overload

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader
from botocore.model import Shape
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from types_boto3_athena import AthenaClient
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kinesis import KinesisClient
    from types_boto3_kms import KMSClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize_events import PersonalizeEventsClient
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient
    from types_boto3_stepfunctions import SFNClient

_SERVICES = [
    "athena",
    "cloudwatch",
    "dynamodb",
    "kinesis",
    "kms",
    "lambda",
    "personalize",
    "personalize-events",
    "personalize-runtime",
    "s3",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
]


class _Loader(Loader):
    """Lists the services in use. botocore's own loader searches 400 folders, which takes 10 ms of each cold start."""

    def list_available_services(self, type_name: str) -> list[str]:
        return _SERVICES


class _JSONParser(JSONParser):
    """Takes an attribute value of DynamoDB as it is sent, which is the form that callers get.

    botocore's own parser looks for all ten kinds of values in each: half of the time that a page of pets takes. Only
    binary values would differ, and no table has any.
    """

    def _handle_structure(self, shape: Shape, value: Any) -> Any:
        if shape.name == "AttributeValue":
            return value
        return super()._handle_structure(shape, value)  # type: ignore[misc]  # the stubs leave it out


class _ParserFactory(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> ResponseParser:
        return _JSONParser() if protocol_name == "json" else super().create_parser(protocol_name)


_session = botocore.session.get_session()
_session.register_component("data_loader", _Loader())
_session.register_component("response_parser_factory", _ParserFactory())
# A constant. By default botocore joins fourteen parts for every request, which takes a tenth of botocore's own time.
_USER_AGENT = f"animal-recommender Botocore/{botocore.__version__}"


class Limits(TypedDict, total=False):
    """Limits of a client. Timeouts are seconds for one attempt.

    `attempts` includes the first one (default 3). `connections` is the number of concurrent requests (default 10).
    With `validation` (default) botocore checks each request before it is sent, which takes a tenth of its time.
    """

    connect_timeout: float
    read_timeout: float
    attempts: int
    connections: int
    validation: bool


def credentials() -> "Credentials | None":
    """Return the credentials of the environment, which botocore renews, or None without any."""
    return _session.get_credentials()


@overload
def client(service: Literal["athena"], **limits: Unpack[Limits]) -> "AthenaClient": ...
@overload
def client(service: Literal["cloudwatch"], **limits: Unpack[Limits]) -> "CloudWatchClient": ...
@overload
def client(service: Literal["dynamodb"], **limits: Unpack[Limits]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["kinesis"], **limits: Unpack[Limits]) -> "KinesisClient": ...
@overload
def client(service: Literal["kms"], **limits: Unpack[Limits]) -> "KMSClient": ...
@overload
def client(service: Literal["lambda"], **limits: Unpack[Limits]) -> "LambdaClient": ...
@overload
def client(service: Literal["personalize"], **limits: Unpack[Limits]) -> "PersonalizeClient": ...
@overload
def client(service: Literal["personalize-events"], **limits: Unpack[Limits]) -> "PersonalizeEventsClient": ...
@overload
def client(service: Literal["personalize-runtime"], **limits: Unpack[Limits]) -> "PersonalizeRuntimeClient": ...
@overload
def client(service: Literal["s3"], **limits: Unpack[Limits]) -> "S3Client": ...
@overload
def client(service: Literal["sns"], **limits: Unpack[Limits]) -> "SNSClient": ...
@overload
def client(service: Literal["sqs"], **limits: Unpack[Limits]) -> "SQSClient": ...
@overload
def client(service: Literal["ssm"], **limits: Unpack[Limits]) -> "SSMClient": ...
@overload
def client(service: Literal["stepfunctions"], **limits: Unpack[Limits]) -> "SFNClient": ...
@cache
def client(
    service: str,
    *,
    connect_timeout: float = 1.0,
    read_timeout: float = 5.0,
    attempts: int = 3,
    connections: int = 10,
    validation: bool = True,
) -> Any:
    """Return the client of `service`. The same arguments give the same client.

    Credentials, region and endpoint come from the environment.
    """
    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=connections,
        parameter_validation=validation,
        tcp_keepalive=True,
        user_agent=_USER_AGENT,
    )
    return _session.create_client(service, region_name=os.environ.get("AWS_REGION"), config=config)
