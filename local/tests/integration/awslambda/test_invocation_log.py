"""Logs and metrics of invocations."""

import base64
import json
import time
from collections.abc import Callable

from local_aws.testing.functions import ECHO
from local_aws.testing.server import LocalAws


def test_logs_and_metrics_arrive_in_cloud_watch(aws: LocalAws, eventually: Callable[..., object]) -> None:
    name = aws.create_function(ECHO)
    _, answer = aws.invoke(name, {"kind": "metric"}, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert tail.startswith("START RequestId: ")
    assert "Init Duration: " in tail
    lines = eventually(lambda: aws.log_lines(f"/aws/lambda/{name}"))
    assert "seen metric" in lines
    assert any(line.startswith("REPORT RequestId: ") for line in lines)
    metrics = aws.client("cloudwatch").list_metrics(Namespace="Test")["Metrics"]
    assert {"Name": "service", "Value": "s"} in metrics[0]["Dimensions"]
    own = {"Name": "FunctionName", "Value": name}
    found = aws.client("cloudwatch").list_metrics(Namespace="AWS/Lambda", Dimensions=[own])["Metrics"]
    assert {metric["MetricName"] for metric in found} >= {"Invocations", "Errors", "Duration"}


def test_json_logs_go_to_the_group_that_is_configured(aws: LocalAws, eventually: Callable[..., object]) -> None:
    group = f"/custom/{time.time_ns()}"
    name = aws.create_function(ECHO, LoggingConfig={"LogFormat": "JSON", "LogGroup": group, "SystemLogLevel": "INFO"})
    aws.invoke(name, {})
    lines = eventually(lambda: aws.log_lines(group))
    platform = [json.loads(line) for line in lines if line.startswith("{")]
    assert [line["type"] for line in platform] == ["platform.start", "platform.report"]
    assert platform[1]["record"]["status"] == "success"
