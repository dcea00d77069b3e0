"""What recommend is measured against: a plain handler that looks up its campaign and makes a client each time."""

from typing import Any

import boto3


def handler(event: Any, context: Any) -> Any:
    """Answer recommendations for a user."""
    arn = boto3.client("ssm").get_parameter(Name="campaign")["Parameter"]["Value"]
    answer = boto3.client("personalize-runtime").get_recommendations(
        campaignArn=arn, userId=event["userId"], numResults=event["limit"]
    )
    return [{"id": item["itemId"]} for item in answer["itemList"]]
