import os

import pytest

from scripts.common import terraform
from scripts.deploy.preflight import files
from scripts.deploy.preflight.findings import FAIL, OK, WARN, Finding
from tests.unit.scripts.deploy.preflight.fakes import only, target


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A repository with two functions."""
    for folder in ("build", "functions/recommend", "functions/rerank", "functions/animal_recommender", "terraform"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "functions" / "recommend" / "handler.py").write_text("")
    monkeypatch.setattr(files, "BUILD", tmp_path / "build")
    monkeypatch.setattr(files, "FUNCTIONS", tmp_path / "functions")
    monkeypatch.setattr(files, "TERRAFORM_DIRECTORY", tmp_path / "terraform")
    monkeypatch.setattr(terraform, "find_binary", lambda: "/bin/terraform")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return tmp_path


def build(machine, *names):
    for name in names:
        (machine / "build" / f"{name}.zip").write_bytes(b"zip")


def test_packages_must_be_built(machine):
    build(machine, "recommend")
    assert only(files.check_packages(target())) == Finding("Packages", FAIL, "not built: rerank", "make package")
    build(machine, "rerank")
    assert only(files.check_packages(target())).status == OK


def test_no_package_is_asked_for_a_model_that_is_not_wanted(machine):
    build(machine, "recommend")
    assert only(files.check_packages(target(models={"recommender": {"minimum_provisioned_tps": 1}}))).status == OK


def test_packages_older_than_their_sources_are_pointed_out(machine):
    build(machine, "recommend", "rerank")
    os.utime(machine / "build" / "recommend.zip", (1, 1))
    assert only(files.check_packages(target())).detail == "older than their sources: recommend"


def test_state_without_a_backend_is_pointed_out(machine):
    assert [one.status for one in files.check_terraform(target())] == [OK, WARN]
    (machine / "terraform" / "backend.tf").write_text("")
    assert [one.status for one in files.check_terraform(target())] == [OK, OK]


def test_mails_want_an_address():
    assert only(files.check_mails(target())).status == OK
    assert only(files.check_mails(target(notification_emails=[]))).status == WARN


def test_the_examples_seed_is_good_when_its_times_are_moved():
    assert [one.status for one in files.check_seed(target())] == [OK, OK]


def test_old_seed_that_stays_old_is_pointed_out():
    found = list(files.check_seed(target(seed={"directory": "../seed", "rebase": False})))
    assert [one.status for one in found] == [OK, WARN]
    assert "make check-seed" in found[1].remedy


def test_given_no_folder_in_the_tfvars_then_the_examples_seed_is_checked():
    default, named = (
        [*files.check_seed(target(seed={"directory": directory, "rebase": True}))] for directory in (None, "../seed")
    )
    assert default == named


def test_seed_that_is_not_there_fails():
    assert only(files.check_seed(target(seed={"directory": "../nowhere", "rebase": True}))).status == FAIL
