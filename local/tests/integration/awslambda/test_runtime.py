"""Functions run as on Lambda: results, errors, timeouts, environment, concurrency."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from local_aws.testing.functions import ECHO
from local_aws.testing.server import LocalAws


def test_given_an_alias_when_invoked_twice_then_one_process_answers(aws: LocalAws, echo: str) -> None:
    first, answer = aws.invoke(echo, {}, Qualifier="live")
    second, _ = aws.invoke(echo, {}, Qualifier="live")
    assert first["pid"] == second["pid"]
    assert first["arn"].endswith(f":function:{echo}:live")
    assert 0 < first["left"] <= 2000
    assert answer["ExecutedVersion"] == "1"
    assert answer["StatusCode"] == 200


def test_given_an_exception_then_it_is_reported_as_lambda_does(aws: LocalAws, echo: str) -> None:
    body, answer = aws.invoke(echo, {"kind": "raise"})
    assert answer["FunctionError"] == "Unhandled"
    assert (body["errorType"], body["errorMessage"]) == ("ValueError", "no good")
    assert any("raise ValueError" in line for line in body["stackTrace"])


def test_given_an_exit_then_the_next_call_starts_anew(aws: LocalAws, echo: str) -> None:
    body, answer = aws.invoke(echo, {"kind": "exit"})
    assert answer["FunctionError"] == "Unhandled"
    assert body["errorType"] == "Runtime.ExitError"
    assert body["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    assert body["errorMessage"].startswith("RequestId: ")
    assert aws.invoke(echo, {})[1].get("FunctionError") is None


def test_given_a_time_out_then_it_is_worded_as_lambda_does(aws: LocalAws, echo: str) -> None:
    began = time.monotonic()
    body, _ = aws.invoke(echo, {"kind": "sleep", "seconds": 60})
    assert body["errorMessage"].endswith("Task timed out after 2.00 seconds")
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("code", "handler", "kind"),
    [
        ("import nothing_like_it", "app.handler", "Runtime.ImportModuleError"),
        ("def handler(event, context: pass", "app.handler", "Runtime.UserCodeSyntaxError"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound"),
        ("raise RuntimeError('at init')", "app.handler", "RuntimeError"),
        ("import sys; sys.exit(1)", "app.handler", "Runtime.ExitError"),
    ],
)
def test_given_broken_code_then_init_fails_as_lambda_reports(aws: LocalAws, code: str, handler: str, kind: str) -> None:
    body, answer = aws.invoke(aws.create_function(code, Handler=handler), {})
    assert answer["FunctionError"] == "Unhandled"
    assert body["errorType"] == kind


def test_only_what_is_in_the_zip_or_the_runtime_can_be_imported(aws: LocalAws, echo: str) -> None:
    body, _ = aws.invoke(echo, {"kind": "import"})
    assert body["errorType"] == "ModuleNotFoundError"


def test_a_function_acts_as_its_role(aws: LocalAws, echo: str) -> None:
    role = aws.client("lambda").get_function_configuration(FunctionName=echo)["Role"].rsplit("/", 1)[1]
    assert aws.invoke(echo, {"kind": "identity"})[0] == f"arn:aws:sts::123456789012:assumed-role/{role}/{echo}"


def test_the_environment_is_lambdas(aws: LocalAws) -> None:
    name = aws.create_function(ECHO, Environment={"Variables": {"COLOUR": "red"}}, MemorySize=256)
    found, _ = aws.invoke(name, {"kind": "environment"})
    assert found["COLOUR"] == "red"
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert found["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert found["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    assert found["AWS_ENDPOINT_URL"] == aws.endpoint
    assert found["_X_AMZN_TRACE_ID"].startswith("Root=1-")


def test_given_new_configuration_then_processes_are_new(aws: LocalAws) -> None:
    name = aws.create_function(ECHO)
    before, _ = aws.invoke(name, {})
    aws.client("lambda").update_function_configuration(FunctionName=name, Environment={"Variables": {"A": "1"}})
    after, _ = aws.invoke(name, {"kind": "environment"})
    assert after["A"] == "1"
    processes = [p["pid"] for p in aws.administer("functions")["processes"] if p["function"] == name]
    assert before["pid"] not in processes


def test_given_reserved_concurrency_in_use_then_the_next_call_is_throttled(aws: LocalAws) -> None:
    name = aws.create_function(ECHO)
    aws.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    with ThreadPoolExecutor(2) as threads:
        calls = [threads.submit(aws.invoke, name, {"kind": "sleep", "seconds": 1.5}) for _ in range(2)]
        errors = [error for call in calls if (error := call.exception())]
    assert len(errors) == 1
    assert isinstance(errors[0], ClientError)
    assert errors[0].response["Error"]["Code"] == "TooManyRequestsException"


def test_given_concurrent_calls_then_they_run_side_by_side(aws: LocalAws) -> None:
    name = aws.create_function(ECHO)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: aws.invoke(name, {"kind": "sleep", "seconds": 1.5})[0], range(4)))
    assert len({answer["pid"] for answer in answers}) == 4
    assert time.monotonic() - began < 5


def test_given_a_kill_then_the_caller_gets_an_error_and_the_next_an_answer(
    aws: LocalAws, eventually: Callable[..., object]
) -> None:
    name = aws.create_function(ECHO, Timeout=30)
    with ThreadPoolExecutor(1) as thread:
        call = thread.submit(aws.invoke, name, {"kind": "sleep", "seconds": 20})
        eventually(lambda: any(p["function"] == name for p in aws.administer("functions")["processes"]))
        time.sleep(0.5)
        assert aws.administer(f"functions/{name}", "DELETE") == {"killed": 1}
        body, _ = call.result(timeout=10)
    assert body["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert aws.invoke(name, {})[1].get("FunctionError") is None
    assert aws.administer("functions", "DELETE")["killed"] >= 1
    assert aws.administer("functions")["processes"] == []


def test_given_an_error_with_a_very_long_text_then_the_caller_gets_it_whole(aws: LocalAws, echo: str) -> None:
    message = "x" * 300_000

    for _ in range(2):  # the process lives on
        body, _ = aws.invoke(echo, {"kind": "raise", "message": message})
        assert (body["errorType"], body["errorMessage"]) == ("ValueError", message)
