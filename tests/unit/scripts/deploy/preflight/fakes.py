"""An environment to be looked at, and AWS clients that answer what a test says."""

from types import SimpleNamespace

from botocore.exceptions import ClientError

from scripts.common.tfvars import Configuration
from scripts.deploy.preflight.checks import Target
from tests.unit.scripts.fakes import FakeAws

ACCOUNT = "123456789012"
PREFIX = "dev-animal-recommender"


class Pages(list):
    def build_full_result(self):
        return {key: [one for page in self for one in page[key]] for key in self[0]}


def client(pages=None, **operations):
    """A client whose operations answer what they are given; pages: {operation: answer}."""

    def paginator(operation):
        return SimpleNamespace(paginate=lambda **_: Pages([pages[operation]]))

    def answering(answer):
        def operation(**_):
            if isinstance(answer, Exception):
                raise answer
            return answer

        return operation

    return SimpleNamespace(get_paginator=paginator, **{name: answering(answer) for name, answer in operations.items()})


def error(code, operation="Look"):
    return ClientError({"Error": {"Code": code, "Message": "because\nof this"}}, operation)


def model(item_ids=None):
    return {"minimum_provisioned_tps": 1, "canary": {"user_ids": [], "item_ids": item_ids}}


def target(clients=None, **changes):
    variables = {
        "environment": "dev",
        "region": "us-east-1",
        "allowed_account_ids": [ACCOUNT],
        "models": {"recommender": model(), "reranker": model()},
        "filters": {"by-species": "…"},
        "stream_mapping": {"parallelization_factor": None},
        "seed": {"directory": "../seed", "rebase": True},
        "package_directory": None,
        "event_types": ["DetailView", "Favorite", "Application"],
        "notification_emails": ["team@example.com"],
    }
    functions = {"recommend": {}, "rerank": {}}
    functions |= changes.pop("functions", {})
    configuration = Configuration(variables | changes, {"prefix": PREFIX, "functions": functions})
    return Target.of(configuration) if clients is None else Target(configuration, FakeAws(clients))


def only(found):
    (finding,) = found
    return finding
