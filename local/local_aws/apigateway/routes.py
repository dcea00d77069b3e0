"""Routing: the stage and the route of a request.

Source: "Create routes for HTTP APIs" and "Create stages for HTTP APIs", API Gateway developer guide.
"""

import re
from dataclasses import dataclass

from moto.apigatewayv2.models import Api, Route, Stage

_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")
_CATCH_ALL = "$default"


@dataclass(frozen=True)
class RouteMatch:
    """A route that matches, and the values of the variables in its path."""

    route: Route
    variables: dict[str, str]


def find_stage(api: Api, path: str) -> tuple[Stage, str] | None:
    """Return the stage of a path, and the path within it: `/{stage}/…`, else `$default`, which no path names."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first in api.stages and first != _CATCH_ALL:
        return api.stages[first], f"/{rest}"
    return (api.stages[_CATCH_ALL], path) if _CATCH_ALL in api.stages else None


def find_route(api: Api, method: str, path: str) -> RouteMatch | None:
    """Return the route for a method and path: the most specific one, a method before ANY, `$default` last."""
    for route in sorted(api.routes.values(), key=_sort_key):
        if route.route_key == _CATCH_ALL:
            return RouteMatch(route, {})
        wanted, _, template = route.route_key.partition(" ")
        found = re.fullmatch(_pattern(template), path)
        if wanted in (method, "ANY") and found:
            return RouteMatch(route, found.groupdict())
    return None


def _sort_key(route: Route) -> tuple[bool, int, int, bool]:
    greedy = [plus for _, plus in _VARIABLE.findall(route.route_key)]
    return route.route_key == _CATCH_ALL, greedy.count("+"), len(greedy), route.route_key.startswith("ANY ")


def _pattern(template: str) -> str:
    parts = _VARIABLE.split(template)  # text, name, plus, text, name, plus, …, text
    pattern = re.escape(parts[0])
    for name, plus, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{name}>{'.+' if plus else '[^/]+'}){re.escape(text)}"
    return pattern
