"""What the local AWS is told to serve, and where the pages find the API."""

from __future__ import annotations

from scripts.common.environments import ROOT, Local
from scripts.demo import adoption_site


def test_given_a_folder_then_the_sources_exist_and_the_configuration_names_no_api_yet(tmp_path):
    local = Local(tmp_path, 4567)
    served = dict(part.split("=") for part in adoption_site.prepare(local)["LOCAL_AWS_SITE"].split(":"))
    assert served["/config.js"] == str(tmp_path / "site" / "config.js")
    assert served["/pets.jsonl"] == str(tmp_path / "site" / "pets.jsonl")
    assert (tmp_path / "site" / "pets.jsonl").read_text().count("\n") == 600
    assert all(source.exists() for source in adoption_site.SOURCES.values())
    assert 'export const endpoint = "";\n' in (local.site / "config.js").read_text()
    assert adoption_site.address(local, {}) is None


def test_given_the_url_of_the_api_then_pages_get_its_path_and_people_the_address_of_the_site(tmp_path):
    local, outputs = Local(tmp_path, 4567), {"browser_api_url": "http://127.0.0.1:4567/_aws/execute-api/ab12"}
    adoption_site.write_config(local, outputs)
    endpoint, login = (local.site / "config.js").read_text().splitlines()
    assert endpoint == 'export const endpoint = "/_aws/execute-api/ab12";'
    assert login == 'export const login = {"address": "/_local/login", "audience": "adoption-site"};'
    assert adoption_site.address(local, outputs) == "http://127.0.0.1:4567/"


def test_the_login_is_the_one_that_terraform_tells_the_api_of(tmp_path):
    variables = (ROOT / "terraform" / "local.tfvars").read_text()
    issuer = adoption_site.prepare(Local(tmp_path, 4567))["LOCAL_AWS_LOGIN"]
    assert f'issuer = "{issuer}", audience = ["{adoption_site.LOGIN_AUDIENCE}"]' in variables
