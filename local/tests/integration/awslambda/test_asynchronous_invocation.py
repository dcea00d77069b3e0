"""Asynchronous invocations are retried, then sent to a destination and a dead-letter queue."""

from collections.abc import Callable

from local_aws.testing.functions import ECHO
from local_aws.testing.server import LocalAws


def test_given_a_failing_event_invocation_then_it_is_retried_and_handed_on(
    aws: LocalAws, eventually: Callable[..., object]
) -> None:
    (dead_url, dead_arn), (failed_url, failed_arn) = aws.create_queue(), aws.create_queue()
    name = aws.create_function(ECHO, DeadLetterConfig={"TargetArn": dead_arn})
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": failed_arn}}
    )
    _, answer = aws.invoke(name, {"kind": "raise"}, InvocationType="Event")
    assert answer["StatusCode"] == 202
    (record,) = eventually(lambda: aws.receive_messages(failed_url))
    assert record["Body"]["requestPayload"] == {"kind": "raise"}
    assert record["Body"]["requestContext"]["condition"] == "RetriesExhausted"
    assert record["Body"]["requestContext"]["approximateInvokeCount"] == 2
    assert record["Body"]["responsePayload"]["errorMessage"] == "no good"
    (dead,) = eventually(lambda: aws.receive_messages(dead_url))
    assert dead["Body"] == {"kind": "raise"}
    assert dead["MessageAttributes"]["ErrorMessage"]["StringValue"] == "no good"
