import os

import pytest

from scripts.common import terraform
from scripts.common.findings import Finding, State
from scripts.deploy.preflight import files
from tests.unit.scripts.deploy.preflight.fakes import model, only, target


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
    assert only(files.check_packages(target())) == Finding(
        "Packages", State.FAILED, f"not in {machine / 'build'}: rerank", "make package"
    )
    build(machine, "rerank")
    assert only(files.check_packages(target())).state == State.OK


def test_packages_are_looked_for_in_the_folder_that_the_tfvars_name(machine):
    elsewhere = machine / "elsewhere"
    elsewhere.mkdir()
    for name in ("recommend", "rerank"):
        (elsewhere / f"{name}.zip").write_bytes(b"zip")
    assert only(files.check_packages(target())).state == State.FAILED
    for folder in ("../elsewhere", str(elsewhere)):
        found = only(files.check_packages(target(package_directory=folder)))
        assert (found.state, found.detail) == (State.OK, f"2 zips in {elsewhere}")


def test_packages_that_are_not_in_the_folder_of_the_tfvars_are_not_made_by_make_package(machine):
    found = only(files.check_packages(target(package_directory="../elsewhere")))
    assert found.state == State.FAILED
    assert "package_directory" in found.remedy


def test_packages_older_than_their_sources_are_pointed_out(machine):
    build(machine, "recommend", "rerank")
    os.utime(machine / "build" / "recommend.zip", (1, 1))
    assert only(files.check_packages(target())).detail == "older than their sources: recommend"


def test_state_without_a_backend_is_pointed_out(machine):
    assert [one.state for one in files.check_terraform(target())] == [State.OK, State.NOTE]
    (machine / "terraform" / "backend.tf").write_text("")
    assert [one.state for one in files.check_terraform(target())] == [State.OK, State.OK]


def test_mails_want_an_address():
    assert only(files.check_mails(target())).state == State.OK
    assert only(files.check_mails(target(notification_emails=[]))).state == State.NOTE


def test_the_examples_seed_is_good_when_its_times_are_moved():
    assert [one.state for one in files.check_seed(target())] == [State.OK, State.OK]


def test_old_seed_that_stays_old_is_pointed_out():
    found = list(files.check_seed(target(seed={"directory": "../seed", "rebase": False})))
    assert [one.state for one in found] == [State.OK, State.NOTE]
    assert "make check-seed" in found[1].remedy


def test_given_no_folder_in_the_tfvars_then_the_examples_seed_is_checked():
    default, named = (
        [*files.check_seed(target(seed={"directory": directory, "rebase": True}))] for directory in (None, "../seed")
    )
    assert default == named


def test_items_of_the_canary_that_the_seed_lacks_fail():
    found = list(files.check_seed(target(models={"reranker": model(["1-Bengal-2-2", "9-Dodo-1-1"])})))
    assert [one.state for one in found] == [State.FAILED, State.OK]
    assert "canary" in found[0].detail


def test_seed_that_is_not_there_fails():
    assert only(files.check_seed(target(seed={"directory": "../nowhere", "rebase": True}))).state == State.FAILED
