"""The code of functions for tests."""

ECHO = """
import json, os, sys, time

def handler(event, context):
    kind = event.get("kind")
    print("seen", kind)
    if kind == "raise":
        raise ValueError(event.get("message", "no good"))
    if kind == "exit":
        os._exit(3)
    if kind == "sleep":
        time.sleep(event["seconds"])
    if kind == "environment":
        return dict(os.environ)
    if kind == "identity":
        import boto3
        return boto3.client("sts").get_caller_identity()["Arn"]
    if kind == "import":
        import aws_lambda_powertools
    if kind == "large":
        return "x" * 7_000_000
    if kind == "metric":
        directive = {"Namespace": "Test", "Dimensions": [["service"]], "Metrics": [{"Name": "Things", "Unit": "Count"}]}
        meta = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        print(json.dumps({"_aws": meta, "service": "s", "Things": [2]}))
    return {"pid": os.getpid(), "arn": context.invoked_function_arn, "left": context.get_remaining_time_in_millis()}
"""
