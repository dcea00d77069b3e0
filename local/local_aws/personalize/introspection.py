"""Show the state of the service, for tests and for developers: read-only pages under `/_local/personalize`.

`/_local/personalize`: the number of resources by status, the amount of data, the values that imports left out, and why
resources failed.
`/_local/personalize/events?trackingId=ID`: the ids of the streamed events of each user and each session in the order of
arrival, and how many duplicates were ignored. `userId` or `sessionId` select one user or session.
`/_local/personalize/models`: solutions, versions with metrics, campaigns; recommenders; what users did with actions.
`/_local/personalize/interactions?id=ID`: the newest interactions of the user or session with that id.
"""

import json
from collections import Counter, defaultdict
from typing import Any

from werkzeug import Request, Response

from local_aws.http.parameters import read_limit
from local_aws.personalize.model_overview import describe_actions, describe_models, describe_recommenders
from local_aws.personalize.resource_types import DATASET_GROUP, RESOURCE_TYPES
from local_aws.personalize.service import Service


def handle(services: list[Service], request: Request) -> Response:
    """Handle a GET request."""
    page = request.path.rstrip("/").rpartition("/")[2]
    if page == "events":
        return _describe_events(services, request)
    if page == "models":
        described = {
            "solutions": [one for service in services for one in describe_models(service)],
            "recommenders": [one for service in services for one in describe_recommenders(service)],
            "actions": [one for service in services for one in describe_actions(service)],
        }
        return _json(described, 200)
    if page == "interactions":
        return _describe_interactions(services, request)
    return _json({service.region: _summarise(service) for service in services}, 200)


def _summarise(service: Service) -> dict[str, Any]:
    with service.lock:
        resources = {resource_type.noun: service.store.all(resource_type) for resource_type in RESOURCE_TYPES}
        statuses = {
            noun: dict(Counter(service.status(resource) for resource in found))
            for noun, found in resources.items()
            if found
        }
        groups = {group.arn: service.data(group.arn) for group in resources["DatasetGroup"]}
    data = {
        arn: {
            "interactions": len(group.interactions),
            "streamed": len(group.interactions.streamed_rows()),
            "duplicates": group.interactions.duplicates,
            "items": len(group.items),
            "users": len(group.users),
        }
        for arn, group in groups.items()
    }
    skipped = {job.arn: found for job in resources["DatasetImportJob"] if (found := job.get("skippedValues"))}
    failures = {one.arn: one.failure_reason for found in resources.values() for one in found if one.failure_reason}
    return {"resources": statuses, "data": data, "skippedValues": skipped, "failures": failures}


def _describe_events(services: list[Service], request: Request) -> Response:
    tracking_id = request.args.get("trackingId", "")
    service = next((service for service in services if tracking_id in service.trackers), None)
    if service is None:
        return _json({"message": f"no event tracker has the trackingId {tracking_id!r}"}, 404)
    log = service.data(service.trackers[tracking_id]["datasetGroupArn"]).interactions
    users: dict[str, list[str]] = defaultdict(list)
    sessions: dict[str, list[str]] = defaultdict(list)
    recorded = 0
    for user, session, event_id in log.streamed_rows():
        if request.args.get("userId", user) == user and request.args.get("sessionId", session) == session:
            recorded += 1
            sessions[session].append(event_id)
            if user is not None:
                users[user].append(event_id)
    document = {"recorded": recorded, "duplicates": log.duplicates, "users": users, "sessions": sessions}
    return _json(document, 200)


def _describe_interactions(services: list[Service], request: Request) -> Response:
    user_or_session, limit = request.args.get("id", ""), read_limit(request, 100)
    logs = [service.data(group.arn).interactions for service in services for group in service.store.all(DATASET_GROUP)]
    rows = [row for log in logs for row in log.describe(user_or_session, limit)]
    return _json({"interactions": sorted(rows, key=lambda row: -row["time"])[:limit]}, 200)


def _json(document: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")
