"""An experiment on the deployed system: visitors see their arms, and what they saw is in S3 as the table reads it."""

import gzip
import json
from collections import Counter

import pytest

from animal_recommender.experiments.subject import pseudonym

SHELTER = {"pets": {"shelters": ["hilltop"]}, "limit": 3}
NAME = "newest-first"


@pytest.fixture(scope="module", autouse=True)
def pets(system):
    """Cats of groups that the models know, in the shelter of the experiment; gone after these tests."""
    described = [
        {"id": f"experiment-{n}", "species": 1, "breed": breed, "size": 3, "age": n % 3 + 1, "shelter": "hilltop"}
        for n, breed in enumerate(("Russian_Blue", "Persian", "Bengal", "Siamese", "Ragdoll", "Birman"))
    ]
    for status in ("available", "adopted"):
        answer, error = system.invoke("put_pets", {"pets": [{**one, "status": status} for one in described]})
        assert error is None, answer
        if status == "available":
            yield


def ask(system, **payload):
    answer, error = system.invoke("recommend", {**SHELTER, **payload})
    assert error is None, answer
    assert answer, "the shelter has no pets"
    return answer


def arm_of(answer):
    (label,) = {(one["experiment"]["name"], one["experiment"]["arm"]) for one in answer}
    assert label[0] == NAME
    return label[1]


def exposures(system, users):
    """What is stored of these users, by the pseudonym of each."""
    s3, bucket = system.client("s3"), system.outputs["raw_bucket"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="exposures/")
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    bodies = [gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    lines = [json.loads(line) for body in bodies for line in body.splitlines()]
    names = {pseudonym(f"userId#{user}"): user for user in users}
    return {names[line["user"]]: line for line in lines if line.get("user") in names}


def test_visitors_see_their_arms_and_what_they_saw_is_recorded(system, wait_for):
    # given
    users = [f"experiment-visitor-{number}" for number in range(24)]

    # when
    answers = {user: ask(system, userId=user) for user in users}
    arms = {user: arm_of(answer) for user, answer in answers.items()}

    # then
    assert set(Counter(arms.values())) == {"model", "newest"}
    assert {user: arm_of(ask(system, userId=user)) for user in users[:4]} == {user: arms[user] for user in users[:4]}
    for user, answer in answers.items():
        assert (answer[0]["source"] == "newest") is (arms[user] == "newest")
    found = wait_for(lambda: (lines := exposures(system, users)) and len(lines) == len(users) and lines, seconds=120)
    for user, line in found.items():
        assert (line["experiment"], line["arm"], line["function"]) == (NAME, arms[user], "recommend")
        assert [(one["position"], one["pet"]) for one in line["shown"]] == [
            (place, one["pet"]["id"]) for place, one in enumerate(answers[user], 1)
        ]
        assert (line.get("recommendationId") is not None) is (arms[user] == "model")
        assert user not in json.dumps(line)


def test_exposures_are_rows_of_their_table(system, wait_for):
    # given
    ask(system, userId="experiment-athena")
    wait_for(lambda: exposures(system, ["experiment-athena"]), seconds=120)

    # when
    athena, visitor = system.client("athena"), pseudonym("userId#experiment-athena")
    query = athena.start_query_execution(
        QueryString=f"SELECT arm, \"function\", shown FROM exposures WHERE visitor = '{visitor}'",
        QueryExecutionContext={"Database": "local_animal_recommender"},
        WorkGroup="local-animal-recommender",
    )["QueryExecutionId"]
    wait_for(
        lambda: athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] == "SUCCEEDED"
    )

    # then
    _, row = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    arm, function, shown = (cell["VarCharValue"] for cell in row["Data"])
    assert (arm in ("model", "newest"), function) == (True, "recommend")
    assert [one["position"] for one in json.loads(shown)] == [1, 2, 3]


@pytest.mark.parametrize(("arm", "source"), [("newest", "newest"), ("model", "personalize")])
def test_an_operator_looks_at_each_arm(system, arm, source):
    # when
    answer = ask(system, userId="experiment-operator", experiment={"name": NAME, "arm": arm})

    # then
    assert (arm_of(answer), answer[0]["source"]) == (arm, source)
    assert exposures(system, ["experiment-operator"]) == {}


def test_requests_for_other_shelters_are_in_no_experiment(system):
    # when
    answer, error = system.invoke("recommend", {"userId": "experiment-1", "limit": 3, "pets": {}})

    # then
    assert error is None
    assert all("experiment" not in one for one in answer)
