"""What put_events is measured against: a plain handler, one client and one call for each record."""

import base64
import json
import os
from typing import Any

import boto3


def handler(event: Any, context: Any) -> None:
    """Send each record of a Kinesis batch to Personalize."""
    for record in event["Records"]:
        data = json.loads(base64.b64decode(record["kinesis"]["data"]))
        metadata = data["animalMetadata"]
        item_id = "-".join(
            str(metadata[name])
            for name in ("animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id")
        )
        boto3.client("personalize-events").put_events(
            trackingId=os.environ["TRACKING_ID"],
            userId=data["userId"],
            sessionId=data["sessionId"],
            eventList=[
                {
                    "eventType": data["eventType"],
                    "itemId": item_id,
                    "sentAt": record["kinesis"]["approximateArrivalTimestamp"],
                }
            ],
        )
