"""Which processors a delivery stream may have."""

from typing import Any

import pytest

from local_aws.firehose.processors import (
    MIB,
    InvalidProcessorError,
    Processing,
    Transformation,
    read_processing,
)

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
ROLE = "arn:aws:iam::123456789012:role/r"


def configuration(*processors: tuple[str, dict[str, str]], enabled: bool = True) -> dict[str, Any]:
    return {
        "Enabled": enabled,
        "Processors": [
            {
                "Type": kind,
                "Parameters": [{"ParameterName": name, "ParameterValue": value} for name, value in given.items()],
            }
            for kind, given in processors
        ],
    }


def test_given_a_function_alone_then_the_defaults_are_those_of_aws() -> None:
    found = read_processing(configuration(("Lambda", {"LambdaArn": FUNCTION})))
    assert found == Processing(Transformation(FUNCTION, None, 3, MIB, 60))


def test_given_all_parameters_then_they_are_read() -> None:
    parameters = {
        "LambdaArn": f"{FUNCTION}:live",
        "RoleArn": ROLE,
        "NumberOfRetries": "0",
        "BufferSizeInMBs": "0.2",
        "BufferIntervalInSeconds": "900",
    }
    found = read_processing(configuration(("Lambda", parameters), ("AppendDelimiterToRecord", {"Delimiter": "\\n"})))
    assert found == Processing(Transformation(f"{FUNCTION}:live", ROLE, 0, 0.2 * MIB, 900), b"\n")


@pytest.mark.parametrize(
    "given", [None, {}, {"Enabled": True}, configuration(("Lambda", {"LambdaArn": FUNCTION}), enabled=False)]
)
def test_given_nothing_that_is_enabled_then_nothing_happens_to_records(given: Any) -> None:
    assert read_processing(given) == Processing()


@pytest.mark.parametrize(
    ("processors", "message"),
    [
        ([("Decompression", {})], "Decompression"),
        ([("Lambda", {})], "LambdaArn"),
        ([("Lambda", {"LambdaArn": "f"})], "LambdaArn"),
        ([("Lambda", {"LambdaArn": "arn:aws:lambda:us-east-1:1:function:f"})], "LambdaArn"),
        ([("Lambda", {"LambdaArn": FUNCTION})] * 2, "Only one processor"),
        ([("Lambda", {"LambdaArn": FUNCTION, "Delimiter": "x"})], "Delimiter"),
        ([("Lambda", {"LambdaArn": FUNCTION, "RoleArn": "r"})], "RoleArn"),
        ([("Lambda", {"LambdaArn": FUNCTION, "NumberOfRetries": "301"})], "NumberOfRetries"),
        ([("Lambda", {"LambdaArn": FUNCTION, "NumberOfRetries": "1.5"})], "NumberOfRetries"),
        ([("Lambda", {"LambdaArn": FUNCTION, "BufferSizeInMBs": "0.1"})], "BufferSizeInMBs"),
        ([("Lambda", {"LambdaArn": FUNCTION, "BufferSizeInMBs": "3.1"})], "BufferSizeInMBs"),
        ([("Lambda", {"LambdaArn": FUNCTION, "BufferSizeInMBs": "many"})], "BufferSizeInMBs"),
        ([("Lambda", {"LambdaArn": FUNCTION, "BufferIntervalInSeconds": "901"})], "BufferIntervalInSeconds"),
        ([("Lambda", {"LambdaArn": FUNCTION, "BufferIntervalInSeconds": ""})], "BufferIntervalInSeconds"),
        ([("AppendDelimiterToRecord", {"LambdaArn": FUNCTION})], "LambdaArn"),
    ],
)
@pytest.mark.parametrize("enabled", [True, False])
def test_given_a_processor_that_aws_refuses_then_the_error_names_what_is_wrong(
    processors: Any, message: str, enabled: bool
) -> None:
    with pytest.raises(InvalidProcessorError, match=message):
        read_processing(configuration(*processors, enabled=enabled))


def test_given_a_parameter_twice_then_it_is_refused() -> None:
    given = configuration(("Lambda", {"LambdaArn": FUNCTION}))
    given["Processors"][0]["Parameters"] *= 2
    with pytest.raises(InvalidProcessorError, match="more than once"):
        read_processing(given)
