"""What rerank is measured against: a plain handler that looks up its campaign and makes a client each time."""

from typing import Any

import boto3


def handler(event: Any, context: Any) -> Any:
    """Answer a list of animals in the order of a user's interest."""
    groups: dict[str, list[str]] = {}
    for item in event["itemMetadataList"]:
        groups.setdefault("-".join(map(str, item["animalMetadata"].values())), []).append(item["itemId"])
    arn = boto3.client("ssm").get_parameter(Name="campaign")["Parameter"]["Value"]
    answer = boto3.client("personalize-runtime").get_personalized_ranking(
        campaignArn=arn, userId=event["userId"], inputList=list(groups)
    )
    ranking = [item_id for ranked in answer["personalizedRanking"] for item_id in groups[ranked["itemId"]]]
    return {"ranking": ranking, "personalizeResponse": answer}
