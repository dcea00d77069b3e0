"""An outage on the first day, before any promotion, finds a popular list."""

import json
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from scripts.provision.popular_list import store_first

SEED = Path(__file__).resolve().parents[4] / "seed" / "interactions.csv"


@pytest.fixture
def s3():
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="seed")
        yield client


def stored(s3) -> dict:
    return json.load(s3.get_object(Bucket="seed", Key="popular.json")["Body"])


def test_given_visits_when_stored_then_what_most_users_met_comes_first_however_often_they_met_it(s3, tmp_path) -> None:
    visits = [("a", "2-Pug-1-1"), ("b", "2-Pug-1-1"), *[("a", "1-Bengal-2-2")] * 5, ("c", "1-Birman-1-1")]
    csv = tmp_path / "interactions.csv"
    csv.write_text("\n".join(["USER_ID,ITEM_ID", *map(",".join, visits), ""]))
    store_first(s3, "seed", "popular.json", csv)
    assert stored(s3)["general"] == ["2-Pug-1-1", "1-Bengal-2-2", "1-Birman-1-1"]
    assert stored(s3)["species"]["1"] == ["1-Bengal-2-2", "1-Birman-1-1"]


def test_given_the_list_of_a_promotion_when_stored_again_then_that_one_stays(s3) -> None:
    s3.put_object(Bucket="seed", Key="popular.json", Body=b'{"general": ["promoted"]}')
    store_first(s3, "seed", "popular.json", SEED)
    assert stored(s3)["general"] == ["promoted"]
