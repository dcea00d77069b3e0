"""The stage and the route of a request."""

from types import SimpleNamespace

import pytest

from local_aws.apigateway.routes import find_route, find_stage

KEYS = ("$default", "ANY /{all+}", "GET /pets/{id}", "ANY /pets/{id}", "GET /pets/new", "GET /a.b", "POST /x/{one}/y")


def api(*keys: str, stages: tuple[str, ...] = ("$default",)) -> SimpleNamespace:
    routes = {key: SimpleNamespace(route_key=key) for key in keys}
    return SimpleNamespace(routes=routes, stages={name: SimpleNamespace(name=name) for name in stages})


@pytest.mark.parametrize(
    ("method", "path", "key", "variables"),
    [
        ("GET", "/pets/new", "GET /pets/new", {}),
        ("GET", "/pets/7", "GET /pets/{id}", {"id": "7"}),
        ("PUT", "/pets/7", "ANY /pets/{id}", {"id": "7"}),
        ("PUT", "/pets/new", "ANY /pets/{id}", {"id": "new"}),
        ("GET", "/pets/7/8", "ANY /{all+}", {"all": "pets/7/8"}),
        ("GET", "/a.b", "GET /a.b", {}),
        ("GET", "/axb", "ANY /{all+}", {"all": "axb"}),
        ("POST", "/x/1/y", "POST /x/{one}/y", {"one": "1"}),
        ("GET", "/", "$default", {}),
    ],
)
def test_the_most_exact_route_answers(method: str, path: str, key: str, variables: dict[str, str]) -> None:
    match = find_route(api(*KEYS), method, path)
    assert match is not None
    assert (match.route.route_key, match.variables) == (key, variables)


def test_given_no_route_that_fits_then_there_is_none() -> None:
    assert find_route(api("GET /pets"), "POST", "/pets") is None


def test_a_named_stage_is_the_beginning_of_the_path() -> None:
    both, named = api(stages=("$default", "live")), api(stages=("live",))
    assert [(stage.name, path) for stage, path in [find_stage(both, "/live/pets"), find_stage(both, "/pets")]] == [
        ("live", "/pets"),
        ("$default", "/pets"),
    ]
    assert find_stage(named, "/pets") is None
