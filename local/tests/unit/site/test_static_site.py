"""A static site: which file answers which path, and with which headers."""

from pathlib import Path

import pytest
from werkzeug.test import EnvironBuilder

from local_aws.site.static_site import StaticSite, parse_sources


def get(site: StaticSite, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]] | None:
    builder = EnvironBuilder(path, method=method, headers={name.replace("_", "-"): v for name, v in headers.items()})
    response = site.find(builder.get_request())
    if response is None:
        return None
    response.direct_passthrough = False
    return response.status_code, response.get_data(as_text=True), dict(response.headers)


@pytest.fixture
def site(tmp_path: Path) -> StaticSite:
    for name in ("site/index.html", "site/sub/a b.js", "site/.secret", "pictures/Coco.svg", "made.js", "outside.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    sources = {"/": "site", "/pictures": "pictures", "/config.js": "made.js"}
    return StaticSite({path: tmp_path / source for path, source in sources.items()})


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "site/index.html", "text/html; charset=utf-8"),
        ("/index.html?id=1", "site/index.html", "text/html; charset=utf-8"),
        ("/sub/a%20b.js", "site/sub/a b.js", "text/javascript; charset=utf-8"),
        ("/pictures/Coco.svg", "pictures/Coco.svg", "image/svg+xml; charset=utf-8"),
        ("/config.js", "made.js", "text/javascript; charset=utf-8"),
    ],
)
def test_given_the_path_of_a_file_then_it_is_served_with_its_type(
    site: StaticSite, path: str, file: str, kind: str
) -> None:
    found = get(site, path)
    assert found is not None
    status, content, headers = found
    assert (status, content, headers["Content-Type"]) == (200, file, kind)


@pytest.mark.parametrize(
    "path",
    ["/no.html", "/sub", "/../outside.html", "/%2e%2e/outside.html", "/.secret", "/pictures", "/picturesCoco.svg",
     "/config.js/x", "/bucket/key"],
)  # fmt: skip
def test_given_another_path_then_there_is_no_page(site: StaticSite, path: str) -> None:
    assert get(site, path) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_given_another_method_then_there_is_no_page(site: StaticSite, method: str) -> None:
    assert get(site, "/", method) is None


def test_given_a_page_then_a_browser_runs_only_the_scripts_of_the_site_and_asks_again(site: StaticSite) -> None:
    _, _, headers = get(site, "/") or (0, "", {})
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"
    assert (get(site, "/", If_None_Match=headers["ETag"]) or (0,))[0] == 304


def test_given_the_setting_then_it_names_folders_and_files(tmp_path: Path) -> None:
    assert parse_sources("") == {}
    assert parse_sources(f"/={tmp_path}:/x={tmp_path}") == {"/": tmp_path, "/x": tmp_path}


@pytest.mark.parametrize("wrong", ["folder", "x=.", "/x=not-there", "/x="])
def test_given_a_wrong_setting_then_the_error_names_it(wrong: str) -> None:
    with pytest.raises(ValueError, match="LOCAL_AWS_SITE"):
        parse_sources(f"/=.:{wrong}")
