"""Experiments in the answers of the four functions: what each arm shows, and what is recorded."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from animal_recommender.experiments.assignment import choose_arm
from animal_recommender.experiments.current import CurrentExperiments
from animal_recommender.experiments.definition import parse_experiments
from animal_recommender.experiments.exposures import ExposureSender
from animal_recommender.experiments.live import LiveExperiments
from animal_recommender.experiments.subject import pseudonym
from animal_recommender.visitor_tokens import Visitor, VisitorTokens
from recommend import function as recommend_function
from rerank import function as rerank_function
from similar import function as similar_function
from tests.unit.functions.animal_recommender.experiments.experiments import document
from tests.unit.functions.animal_recommender.pets.test_pet_recommender import Catalogue, ids, pet
from tests.unit.functions.browser import browser
from tests.unit.functions.conftest import CAMPAIGN_ARN, RECOMMEND_SETTINGS
from tests.unit.functions.fakes import FakeContext, FakeDynamoDB, FakePersonalize, FakeS3
from trending import function as trending_function

CHALLENGER = CAMPAIGN_ARN.replace("/test", "/challenger")
MODULES = {"recommend": recommend_function, "similar": similar_function, "trending": trending_function}
GROUPS = ("recommender", "challenger", "popular", "hold_out")
PETS = (*GROUPS, "newest", "longest_waiting")
LONG = 10.0  # seconds; no test waits so long


class Shelf:
    """A function in an experiment with one arm for each thing that it can show."""

    def __init__(self, function: str, shows: tuple[str, ...], services: dict[str, Any], **settings: Any) -> None:
        self.lines: list[dict[str, Any]] = []
        shares = dict.fromkeys(shows, 1 / len(shows))
        of_arms = document(shares, shows={one: one for one in shows}, function=function, **settings)
        self.definitions = json.dumps({"shelf": of_arms})
        sender = ExposureSender(lambda line: self.lines.append(json.loads(line)), LONG)
        current = CurrentExperiments(lambda: (self.definitions, "{}"), wait_seconds=LONG)
        campaigns = {"recommender": CAMPAIGN_ARN, "challenger": CHALLENGER}
        live = LiveExperiments(function, current, sender, campaigns)
        self._handler = self._make(function, campaigns, services, live)

    def _make(self, function: str, campaigns: dict[str, str], services: dict[str, Any], live: LiveExperiments) -> Any:
        if function == "rerank":
            of_rerank = rerank_function.Settings(
                CAMPAIGN_ARN, "pets", RECOMMEND_SETTINGS.age_limits, experiment_campaigns=campaigns
            )
            given = {name: one for name, one in services.items() if name != "make_s3"}
            return rerank_function.make_handler(of_rerank, experiments=live, **given)
        settings = type(RECOMMEND_SETTINGS)(**{**vars(RECOMMEND_SETTINGS), "experiment_campaigns": campaigns})
        return MODULES[function].make_handler(settings, experiments=live, **services)

    def ask(self, **payload: Any) -> Any:
        return self._handler(payload, FakeContext())

    def ask_as_browser(self, token: str, **payload: Any) -> Any:
        return json.loads(self._handler(browser(payload, token), FakeContext())["body"])

    def visitor_of(self, arm: str) -> str:
        """A user in an arm."""
        (one,) = parse_experiments(self.definitions)
        return next(user for user in map(str, range(1000)) if choose_arm(one, f"userId#{user}").name == arm)


@pytest.fixture
def services(personalize: FakePersonalize, s3: FakeS3, dynamodb: FakeDynamoDB, tokens: VisitorTokens) -> dict[str, Any]:
    clients = {"personalize": personalize, "make_s3": lambda: s3, "make_dynamodb": lambda: dynamodb}
    return {**clients, "tokens": tokens}


@pytest.fixture
def shelf(services: dict[str, Any]) -> Callable[..., Shelf]:
    return lambda function, shows, **settings: Shelf(function, shows, services, **settings)


@pytest.fixture
def catalogue(dynamodb: FakeDynamoDB, s3: FakeS3) -> Catalogue:
    return Catalogue(dynamodb, s3)


def test_each_arm_of_recommend_asks_what_it_shows(
    shelf: Callable[..., Shelf], personalize: FakePersonalize, s3: FakeS3
) -> None:
    # given
    s3.body = b'{"general": ["1-stored-1-1"], "species": {}}'
    one = shelf("recommend", GROUPS)
    users = {arm: one.visitor_of(arm) for arm in GROUPS}

    # when
    answers = {arm: one.ask(userId=user, limit=1) for arm, user in users.items()}

    # then
    assert {arm: answer[0]["experiment"] for arm, answer in answers.items()} == {
        arm: {"name": "shelf", "arm": arm} for arm in GROUPS
    }
    assert [call["campaignArn"] for call in personalize.calls] == [CAMPAIGN_ARN, CHALLENGER, CAMPAIGN_ARN]
    asked = [call["userId"] for call in personalize.calls]
    assert asked[:2] == [users["recommender"], users["challenger"]]
    assert asked[2] not in users.values()
    assert answers["popular"] == [
        {"id": "1-stored-1-1", "source": "popular", "experiment": {"name": "shelf", "arm": "popular"}}
    ]


def test_a_list_by_listing_has_its_order_and_asks_no_campaign(
    shelf: Callable[..., Shelf], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    # given
    catalogue.publish(
        pet("old", 1, days=90), pet("new", 1, days=1), pet("far", 2, days=2, shelter="graz"), pet("dog", 1, 5, 2)
    )
    one = shelf("recommend", PETS)
    asked: dict[str, Any] = {"pets": {"species": ["1"], "shelters": ["vienna"]}, "limit": 3}

    # when
    newest = one.ask(userId=one.visitor_of("newest"), **asked)
    longest = one.ask(userId=one.visitor_of("longest_waiting"), **asked)

    # then
    assert (ids(newest), ids(longest)) == (["new", "old"], ["old", "new"])
    assert [element["source"] for element in newest] == ["newest", "newest"]
    assert personalize.calls == []


@pytest.mark.parametrize("function", ["similar", "trending"])
def test_the_other_lists_obey_too(function: str, shelf: Callable[..., Shelf], catalogue: Catalogue) -> None:
    # given
    catalogue.publish(pet("old", 1, days=90), pet("new", 2, days=1), pet("mine", 3, days=40))
    one = shelf(function, ("recommender", "newest"))
    asked = {"animalId": "mine"} if function == "similar" else {}

    # when
    answer = one.ask(userId=one.visitor_of("newest"), limit=2, **asked)

    # then
    assert ids(answer)[:2] == (["new", "old"] if function == "similar" else ["new", "mine"])
    assert answer[0]["experiment"] == {"name": "shelf", "arm": "newest"}


def test_rerank_obeys_and_says_so_at_the_top(shelf: Callable[..., Shelf], personalize: FakePersonalize) -> None:
    # given
    one = shelf("rerank", ("challenger", "hold_out"))
    animals = [
        {"itemId": n, "animalMetadata": dict(zip(FIELDS, ("1", breed, "1", "1"), strict=True))} for n, breed in PAIRS
    ]

    # when
    ranked = one.ask(userId=one.visitor_of("challenger"), itemMetadataList=animals)
    held_out = one.ask(userId=one.visitor_of("hold_out"), itemMetadataList=animals)

    # then
    assert (ranked["ranking"], ranked["experiment"]) == (["b", "a"], {"name": "shelf", "arm": "challenger"})
    assert (held_out["ranking"], held_out["source"]) == (["a", "b"], "input")
    assert [call["campaignArn"] for call in personalize.calls] == [CHALLENGER]
    assert one.lines[0]["recommendationId"] == "rid-2"
    assert [shown["pet"] for shown in one.lines[0]["shown"]] == ["b", "a"]


FIELDS = ("animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id")
PAIRS = (("a", "Pug"), ("b", "Beagle"))


def test_what_was_shown_is_recorded_with_its_positions(shelf: Callable[..., Shelf], catalogue: Catalogue) -> None:
    # given
    catalogue.publish(pet("a", 1), pet("b", 2))
    one = shelf("recommend", ("recommender", "popular"))
    user = one.visitor_of("recommender")

    # when
    answer = one.ask(userId=user, pets={}, limit=2)

    # then
    (line,) = one.lines
    assert (line["visitor"], line["arm"], line["recommendationId"]) == (
        pseudonym(f"userId#{user}"),
        "recommender",
        "rid-1",
    )
    assert [(shown["position"], shown["pet"]) for shown in line["shown"]] == [(1, ids(answer)[0]), (2, ids(answer)[1])]


def test_the_arm_stays_from_the_first_page_through_the_login(
    shelf: Callable[..., Shelf], tokens: VisitorTokens
) -> None:
    # given
    one = shelf("recommend", ("recommender", "hold_out"))
    stages = [Visitor("s-1"), Visitor("s-1", "u"), Visitor("s-2", "u", "s-1")]

    # when
    answers = [one.ask_as_browser(tokens.issue(stage).text, limit=1) for stage in stages]

    # then
    assert len({answer[0]["experiment"]["arm"] for answer in answers}) == 1
    assert {line["visitor"] for line in one.lines} == {pseudonym("session#s-1")}
    assert [line.get("user") for line in one.lines] == [None, *[pseudonym("userId#u")] * 2]


def test_a_browser_cannot_choose_its_arm(shelf: Callable[..., Shelf], tokens: VisitorTokens) -> None:
    # given
    one = shelf("recommend", ("recommender", "popular"))
    token = tokens.issue(Visitor("s-1")).text

    # when
    refused = one.ask_as_browser(token, experiment={"name": "shelf", "arm": "popular"})

    # then
    assert (refused["message"], refused["errors"][0]["field"]) == ("Forbidden", "experiment")
    assert one.lines == []


def test_an_operator_looks_at_an_arm_and_nothing_is_recorded(shelf: Callable[..., Shelf]) -> None:
    # given
    one = shelf("recommend", ("recommender", "hold_out"), end_date="2020-01-01")

    # when
    answer = one.ask(userId="u", limit=1, experiment={"name": "shelf", "arm": "hold_out"})

    # then
    assert answer[0]["experiment"] == {"name": "shelf", "arm": "hold_out"}
    assert one.lines == []


@pytest.mark.parametrize("chosen", [{"name": "shelf", "arm": "nobody"}, {"name": "other", "arm": "newest"}])
def test_an_arm_that_does_not_exist_is_refused(chosen: dict[str, str], shelf: Callable[..., Shelf]) -> None:
    answer = shelf("recommend", ("recommender", "hold_out")).ask(userId="u", experiment=chosen)

    assert [one["field"] for one in answer["errors"]] == ["experiment"]


@pytest.mark.parametrize(
    "payload",
    [
        {"limit": 1},
        {"userId": "u", "limit": 1},
        {"userId": "u", "pets": {}, "filter": {"name": "species", "values": {"SPECIES": "1"}}},
    ],
)
def test_a_request_that_an_arm_cannot_answer_is_in_no_arm(
    payload: dict[str, Any], shelf: Callable[..., Shelf], catalogue: Catalogue
) -> None:
    # given: nobody, groups, and a filter, for an experiment with a list of pets
    catalogue.publish(pet("a", 1))
    one = shelf("recommend", ("recommender", "newest"))

    # when
    answer = one.ask(**payload)

    # then
    assert answer
    assert all("experiment" not in element for element in answer)
    assert one.lines == []


def test_an_arm_with_a_model_that_has_no_campaign_here_waits(shelf: Callable[..., Shelf]) -> None:
    # given
    one = shelf("recommend", ("recommender", "not-yet"))

    # when, then
    assert "experiment" not in one.ask(userId="u", limit=1)[0]
