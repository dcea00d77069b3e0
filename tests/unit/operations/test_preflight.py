import json
import os
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from scripts import terraform
from scripts.preflight import __main__ as preflight
from scripts.preflight import account, files, names, quotas
from scripts.preflight.findings import FAIL, OK, WARN, Finding, Target, findings
from scripts.tfvars import Configuration

ACCOUNT = "123456789012"
PREFIX = "dev-animal-recommender"


class Pages(list):
    def build_full_result(self):
        return {key: [one for page in self for one in page[key]] for key in self[0]}


def client(pages=None, **operations):
    """A client whose operations answer what they are given; pages: {operation: answer}."""

    def paginator(operation):
        return SimpleNamespace(paginate=lambda **_: Pages([pages[operation]]))

    def answering(answer):
        def operation(**_):
            if isinstance(answer, Exception):
                raise answer
            return answer

        return operation

    return SimpleNamespace(get_paginator=paginator, **{name: answering(answer) for name, answer in operations.items()})


def error(code, operation="Look"):
    return ClientError({"Error": {"Code": code, "Message": "because\nof this"}}, operation)


def target(clients=None, **changes):
    variables = {
        "environment": "dev",
        "region": "us-east-1",
        "allowed_account_ids": [ACCOUNT],
        "models": {"recommender": {"minimum_provisioned_tps": 1}, "reranker": {"minimum_provisioned_tps": 1}},
        "filters": {"by-species": "…"},
        "stream_mapping": {"parallelization_factor": None},
        "seed": {"directory": "../seed", "rebase": True},
        "notification_emails": ["team@example.com"],
    }
    functions = {"recommend": {}, "rerank": {}}
    functions |= changes.pop("functions", {})
    made = Target(Configuration(variables | changes, {"prefix": PREFIX, "functions": functions}))
    if clients is not None:
        object.__setattr__(made, "client", lambda service: clients[service])
    return made


def only(found):
    (finding,) = found
    return finding


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


# ---- account ----


def test_credentials_that_work_are_shown(aws):
    assert only(account.credentials(target())).detail.startswith(f"arn:aws:sts::{ACCOUNT}:")


def test_credentials_that_fail_end_the_look_at_the_account(monkeypatch):
    made = target({"sts": client(get_caller_identity=error("ExpiredToken"))})
    monkeypatch.setattr(preflight, "ON_THIS_MACHINE", ())
    assert [(one.check, one.status) for one in preflight.look(made)] == [("Credentials", FAIL)]


@pytest.mark.parametrize(
    ("allowed", "status"), [([ACCOUNT], OK), (["999999999999"], FAIL), (None, WARN), (["999999999999", ACCOUNT], OK)]
)
def test_the_account_must_be_allowed(aws, allowed, status):
    assert only(account.account(target(allowed_account_ids=allowed))).status == status


def test_a_region_without_personalize_names_those_that_have_it():
    finding = only(account.region(target({}, region="sa-east-1")))
    assert finding.status == FAIL
    assert "us-east-1" in finding.remedy


def test_another_region_in_the_shell_is_pointed_out(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    made = target({"personalize": client(list_dataset_groups={"datasetGroups": []})})
    assert [one.status for one in account.region(made)] == [WARN, OK]


def simulator(*denied):
    results = [
        {"EvalActionName": action, "EvalDecision": "implicitDeny" if action in denied else "allowed"}
        for action in account._ACTIONS
    ]
    return {
        "sts": client(get_caller_identity={"Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me"}),
        "iam": client(
            {"simulate_principal_policy": {"EvaluationResults": results}},
            get_role={"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/teams/ops"}},
        ),
    }


def test_permissions_that_lack_are_named():
    assert only(account.permissions(target(simulator()))).status == OK
    finding = only(account.permissions(target(simulator("iam:PassRole"))))
    assert finding.status == WARN
    assert "iam:PassRole" in finding.detail


# ---- quotas ----


def personalize(groups=0, applied=None):
    quota = error("NoSuchResourceException") if applied is None else {"Quota": {"Value": float(applied)}}
    return {
        "personalize": client(
            {
                "list_dataset_groups": {"datasetGroups": [{"name": f"group-{number}"} for number in range(groups)]},
                "list_schemas": {"schemas": []},
            }
        ),
        "service-quotas": client(get_service_quota=quota),
    }


def test_an_empty_account_has_room_for_personalize():
    assert {one.status for one in quotas.personalize(target(personalize()))} == {OK}


def test_no_room_for_another_dataset_group_fails():
    first = next(quotas.personalize(target(personalize(groups=5))))
    assert first == Finding(
        "Personalize dataset groups",
        FAIL,
        "5 in use, 1 to come, limit 5 (the default)",
        "request more in the console: Service Quotas",
    )


def test_the_applied_quota_counts_before_the_default():
    first = next(quotas.personalize(target(personalize(groups=5, applied=20))))
    assert (first.status, first.detail) == (OK, "5 in use, 1 to come, limit 20")


def test_a_group_that_exists_is_not_counted_twice():
    clients = personalize(groups=4)
    clients["personalize"].get_paginator("list_dataset_groups").paginate()[0]["datasetGroups"].append({"name": PREFIX})
    assert next(quotas.personalize(target(clients))).detail.startswith("5 in use, 0 to come")


def test_more_capacity_than_a_campaign_takes_fails():
    found = list(quotas.personalize(target(personalize(), models={"recommender": {"minimum_provisioned_tps": 600}})))
    assert (found[-1].check, found[-1].status) == ("TPS of recommender", FAIL)


def test_streams_and_roles_are_counted(aws):
    boto3.client("iam").create_role(RoleName=f"{PREFIX}-recommend", AssumeRolePolicyDocument=json.dumps({}))
    assert only(quotas.streams(target())).detail.startswith("0 in use, 1 to come")
    assert only(quotas.roles(target())).detail.startswith("1 in use, 5 to come")


@pytest.mark.parametrize(
    ("total", "reserved", "status"), [(1000, None, OK), (10, None, WARN), (1000, 950, FAIL), (1000, 900, OK)]
)
def test_concurrency(total, reserved, status):
    limits = {"AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": total}}
    made = target(
        {"lambda": client(get_account_settings=limits)}, functions={"recommend": {"reserved_concurrency": reserved}}
    )
    assert only(quotas.concurrency(made)).status == status


# ---- names ----


def test_bucket_names_that_are_free(aws):
    assert {one.status for one in names.buckets(target())} == {OK}


def test_the_bucket_names_are_those_of_the_module():
    declared = (files.ROOT / "modules" / "storage" / "main.tf").read_text()
    assert f"for noun in {json.dumps(list(names._BUCKETS))} :" in declared


@pytest.mark.parametrize(("environment", "status"), [("dev", OK), ("prod", FAIL)])
def test_a_bucket_that_exists_must_be_this_environments(aws, environment, status):
    s3, name = boto3.client("s3", region_name="us-east-1"), f"{PREFIX}-seed-{ACCOUNT}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "Environment", "Value": environment}]})
    assert next(names.buckets(target())).status == status


def test_a_bucket_of_another_account_fails():
    clients = {"s3": client(head_bucket=error("403")), "sts": client(get_caller_identity={"Account": ACCOUNT})}
    assert next(names.buckets(target(clients))).status == FAIL


def leftovers(groups=(), parameters=()):
    return {
        "ssm": client(get_parameters_by_path={"Parameters": list(parameters)}),
        "logs": client({"describe_log_groups": {"logGroups": [{"logGroupName": name} for name in groups]}}),
        "iam": client({"list_roles": {"Roles": [{"RoleName": "someone-else"}]}}),
        "personalize": client({"list_dataset_groups": {"datasetGroups": [{"name": "another"}]}}),
    }


def test_what_an_older_deployment_left_is_named():
    assert only(names.leftovers(target(leftovers()))).status == OK
    finding = only(names.leftovers(target(leftovers([f"/aws/lambda/{PREFIX}-{number}" for number in range(9)]))))
    assert finding.status == WARN
    assert finding.detail.endswith("and 4 more")


def test_names_of_a_living_deployment_are_its_own():
    finding = only(names.leftovers(target(leftovers(["/aws/lambda/x"], [{"Name": "/animal-recommender/dev/x"}]))))
    assert finding.status == OK


# ---- files ----


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A repository with two functions."""
    for folder in ("build", "functions/recommend", "functions/rerank", "functions/animal_recommender", "terraform"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "functions" / "recommend" / "handler.py").write_text("")
    monkeypatch.setattr(files, "BUILD", tmp_path / "build")
    monkeypatch.setattr(files, "FUNCTIONS", tmp_path / "functions")
    monkeypatch.setattr(files, "TERRAFORM_DIRECTORY", tmp_path / "terraform")
    monkeypatch.setattr(terraform, "binary", lambda: "/bin/terraform")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return tmp_path


def build(machine, *names):
    for name in names:
        (machine / "build" / f"{name}.zip").write_bytes(b"zip")


def test_packages_must_be_built(machine):
    build(machine, "recommend")
    assert only(files.packages(target())) == Finding("Packages", FAIL, "not built: rerank", "make package")
    build(machine, "rerank")
    assert only(files.packages(target())).status == OK


def test_no_package_is_asked_for_a_model_that_is_not_wanted(machine):
    build(machine, "recommend")
    assert only(files.packages(target(models={"recommender": {"minimum_provisioned_tps": 1}}))).status == OK


def test_packages_older_than_their_sources_are_pointed_out(machine):
    build(machine, "recommend", "rerank")
    os.utime(machine / "build" / "recommend.zip", (1, 1))
    assert only(files.packages(target())).detail == "older than their sources: recommend"


def test_state_without_a_backend_is_pointed_out(machine):
    assert [one.status for one in files.tools(target())] == [OK, WARN]
    (machine / "terraform" / "backend.tf").write_text("")
    assert [one.status for one in files.tools(target())] == [OK, OK]


def test_mails_want_an_address():
    assert only(files.mails(target())).status == OK
    assert only(files.mails(target(notification_emails=[]))).status == WARN


def test_the_examples_seed_is_good_when_its_times_are_moved():
    assert [one.status for one in files.seed(target())] == [OK, OK]


def test_old_seed_that_stays_old_is_pointed_out():
    found = list(files.seed(target(seed={"directory": "../seed", "rebase": False})))
    assert [one.status for one in found] == [OK, WARN]
    assert "make check-seed" in found[1].remedy


def test_seed_that_is_not_there_fails():
    assert only(files.seed(target(seed={"directory": "../nowhere", "rebase": True}))).status == FAIL


# ---- as a whole ----


@pytest.mark.parametrize("code", ["AccessDeniedException", "404"])
def test_what_may_not_be_looked_at_is_a_warning(code):
    finding = only(findings(quotas.concurrency, target({"lambda": client(get_account_settings=error(code))})))
    assert (finding.check, finding.status) == ("Lambda concurrency", WARN)
    assert finding.detail == f"Look: {code}: because"


def test_the_command_fails_if_something_is_wrong(monkeypatch, capsys):
    monkeypatch.setattr(preflight.tfvars, "read", lambda *_: target().configuration)
    monkeypatch.setattr(
        preflight, "look", lambda _: [Finding("A", OK, "good", "x"), Finding("B", FAIL, "bad", "mend it")]
    )
    assert preflight.main(["--environment", "dev"]) == 1
    assert "1 to put right before `make apply ENV=dev`" in capsys.readouterr().err
    monkeypatch.setattr(
        preflight, "look", lambda _: [Finding("A", OK, "good", "x"), Finding("B", WARN, "so so", "see")]
    )
    assert preflight.main(["--environment", "dev"]) == 0
