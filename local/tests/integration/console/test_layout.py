"""The layout of the diagram, in the browser that runs it: any state machine is drawn, and nothing lies on another."""

import itertools
import json
import random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from local_aws.testing.server import LocalAws

MAP = {"StartAt": "I", "States": {"I": {"Type": "Task", "Next": "J"}, "J": {"Type": "Pass", "End": True}}}
DEFINITIONS: dict[str, Any] = {
    "one": {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}},
    "a loop to itself": {
        "StartAt": "A",
        "States": {"A": {"Type": "Choice", "Choices": [{"Next": "A"}], "Default": "B"}, "B": {"Type": "Succeed"}},
    },
    "only reached by an error": {
        "StartAt": "A",
        "States": {"A": {"Type": "Task", "Catch": [{"Next": "B"}], "End": True}, "B": {"Type": "Fail"}},
    },
    "never reached": {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "End": True}, "B": {"Type": "Pass", "End": True}},
    },
    "a missing state": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Gone"}}},
    "a missing start": {"StartAt": "Gone", "States": {"A": {"Type": "Pass", "End": True}}},
    "nothing": {},
    "a map in a map": {
        "StartAt": "M",
        "States": {
            "M": {
                "Type": "Map",
                "ItemProcessor": {"StartAt": "N", "States": {"N": {"Type": "Map", "Iterator": MAP, "End": True}}},
                "Next": "Z",
            },
            "Z": {"Type": "Succeed"},
        },
    },
    "branches": {
        "StartAt": "P",
        "States": {"P": {"Type": "Parallel", "Branches": [MAP, MAP, MAP], "Next": "Z"}, "Z": {"Type": "Succeed"}},
    },
    "long names": {
        "StartAt": "x" * 80,
        "States": {"x" * 80: {"Type": "Pass", "Next": "a b " * 20}, "a b " * 20: {"Type": "Fail"}},
    },
}


def random_definition(seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    names = [f"State {number}" for number in range(chance.randint(3, 25))]
    states: dict[str, Any] = {}
    for name in names:
        choices = [{"Next": chance.choice(names)} for _ in range(chance.randint(0, 3))]
        states[name] = {"Type": "Choice", "Choices": choices, "Default": chance.choice(names)}
    for name, following in itertools.pairwise(names):
        states[name]["Choices"].insert(0, {"Next": following})
    return {"StartAt": names[0], "States": states}


DEFINITIONS |= {f"by chance {seed}": random_definition(seed) for seed in range(8)}


@pytest.fixture(scope="module")
def page(aws: LocalAws, browser: Browser) -> Page:
    page = browser.new_page()
    page.goto(f"{aws.endpoint}/_local/console")
    return page


def boxes(layout: dict[str, Any]) -> list[tuple[float, float, float, float]]:
    nodes = layout["nodes"]
    return [(n["x"] - n["width"] / 2, n["y"] - n["height"] / 2, n["width"], n["height"]) for n in nodes]


def check(layout: dict[str, Any]) -> None:
    for x, y, width, height in boxes(layout):
        assert x >= 0
        assert y >= 0
        assert x + width <= layout["width"] + 0.1
        assert y + height <= layout["height"] + 0.1
    for (x, y, width, height), (left, top, wide, high) in itertools.combinations(boxes(layout), 2):
        assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y
    for node in layout["nodes"]:
        for part in node["parts"]:
            assert part["x"] + part["layout"]["width"] <= node["width"] + 0.1
            assert part["y"] + part["layout"]["height"] <= node["height"] + 0.1
            check(part["layout"])


@pytest.mark.parametrize("name", DEFINITIONS)
def test_given_any_definition_then_no_state_lies_on_another(page: Page, name: str) -> None:
    definition = json.dumps(DEFINITIONS[name])
    script = f"""import("./console/layout.js").then(({{ layOut }}) => {{
        const layout = layOut({definition});
        const clean = (part) => ({{ width: part.width, height: part.height, nodes: part.nodes.map((node) => ({{
            name: node.name, x: node.x, y: node.y, width: node.width, height: node.height,
            parts: node.parts.map((one) => ({{ x: one.x, y: one.y, layout: clean(one.layout) }})) }})) }});
        return clean(layout);
    }})"""
    layout = page.evaluate(script)
    check(layout)
    if name.startswith(("by chance", "branches", "a map")):
        assert {node["name"] for node in layout["nodes"]} == set(DEFINITIONS[name]["States"])


@pytest.mark.parametrize("name", DEFINITIONS)
def test_given_any_definition_then_it_is_drawn(page: Page, name: str) -> None:
    script = f"""import("./console/diagram.js").then(({{ draw }}) => {{
        const drawn = draw({json.dumps(DEFINITIONS[name])}, () => undefined, () => "", () => undefined, "label");
        return drawn.outerHTML;
    }})"""
    drawn = page.evaluate(script)
    assert "NaN" not in drawn
    assert "undefined" not in drawn
    assert "Infinity" not in drawn
