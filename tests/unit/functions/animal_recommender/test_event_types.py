"""Event types: exactly the configured ones are known, and other spellings of them are recognised."""

import csv
import json
import re

import pytest

from animal_recommender.event_types import DEFAULT_EVENT_TYPES, EventTypes, parse_event_types
from scripts.common import tfvars
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.demo.visitor import VIEWS

TYPES = EventTypes(["DetailView", "Favorite", "Like", "Apply", "Step1", "Löwe"])


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        *((sent, "DetailView") for sent in ("detailview", "DETAIL VIEW", "detail_view", "Detail-View", "DetailView ")),
        *((sent, "DetailView") for sent in ("DetailViews", "DetailViewed", "detailViewing", "Detail\u200bView")),
        *((sent, "DetailView") for sent in ("DetialView", "DetailVew", "DetailVieww", "DetailViaw", "Detail\uff36iew")),
        *((sent, "Favorite") for sent in ("favorites", "Favorited", "FAVORITING", "Favourite", "favourites")),
        *((sent, "Apply") for sent in ("applied", "applies", "Applying")),
        *((sent, "Like") for sent in ("likes", "Liked", "liking")),
        ("Lo\u0308we", "Löwe"),
    ],
)  # fmt: skip
def test_given_another_spelling_then_the_known_type_is_named(sent: str, meant: str) -> None:
    assert TYPES.meant_by(sent) == meant
    assert sent not in TYPES


@pytest.mark.parametrize("name", [*TYPES.names, "Unfavorite", "View", "ListView", "Bike", "Step2", "Share", "x" * 300])
def test_given_a_known_or_a_wholly_unknown_type_then_none_is_named(name: str) -> None:
    assert TYPES.meant_by(name) is None
    assert (name in TYPES) == (name in TYPES.names)


def test_given_two_similar_known_types_then_each_is_itself() -> None:
    types = EventTypes(["View", "Viewed"])

    assert [types.meant_by(name) for name in ("View", "Viewed", "views", "VIEWED")] == [None, None, "View", "Viewed"]


@pytest.mark.parametrize(
    "text",
    ["", "View", "[]", "{}", '"View"', "[7]", '[""]', '["View "]', '["View", "view"]', '["View", "View"]',
     json.dumps(["x" * 257])],
)  # fmt: skip
def test_given_a_wrong_setting_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must "):
        parse_event_types(text)


def test_given_the_setting_that_terraform_makes_then_all_types_are_known() -> None:
    assert parse_event_types('["DetailView","\\u003cb\\u003e","浏览"]').names == ("DetailView", "<b>", "浏览")


def test_given_terraform_then_its_default_is_ours() -> None:
    declared = {name: body for block in tfvars.blocks(TERRAFORM_DIRECTORY, "variable") for name, body in block.items()}
    assert tuple(declared["event_types"]["default"]) == DEFAULT_EVENT_TYPES


def test_given_what_we_ship_then_every_event_type_in_it_is_known() -> None:
    with (ROOT / "seed" / "interactions.csv").open(encoding="utf-8", newline="") as file:
        seed = {row["EVENT_TYPE"] for row in csv.DictReader(file)}
    found = {
        "seed": seed,
        "demo": {event_type for _, _, event_type in VIEWS},
        "payloads": _texts(r'"eventType": "(\w+)"', "seed/payloads/*.json", "README.md", "docs/*.md"),
        "queries": _texts(r"event_type = '(\w+)'", "modules/analytics/queries/*.sql"),
        "filters": _texts(r'EVENT_TYPE IN \(\\"(\w+)\\"\)', "terraform/*.tfvars"),
        "HTTP API": _texts(r"eventType: (\w+)", "modules/http_api/openapi.yaml"),
    }
    assert all(found.values())
    assert {name: unknown for name, types in found.items() if (unknown := types - set(DEFAULT_EVENT_TYPES))} == {}


def _texts(pattern: str, *globs: str) -> set[str]:
    return {
        text
        for glob in globs
        for path in ROOT.glob(glob)
        for text in re.findall(pattern, path.read_text(encoding="utf-8"))
    }
