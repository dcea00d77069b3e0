"""Personalize for other programs' unit tests: boto3's own client, a clock moved by hand, resources in any status."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from local_aws.personalize.resource_types import CAMPAIGN, SOLUTION, SOLUTION_VERSION
from local_aws.testing.manual_clock import ManualClock
from local_aws.testing.personalize_account import STEP_SECONDS, PersonalizeAccount, personalize_account


@pytest.fixture
def account() -> Iterator[PersonalizeAccount]:
    with personalize_account() as made:
        yield made


def test_given_a_training_when_the_clock_moves_then_it_passes_each_status(account: PersonalizeAccount) -> None:
    personalize, solution = account.client(), account.add_solution()

    arn = personalize.create_solution_version(solutionArn=solution, trainingMode="FULL")["solutionVersionArn"]
    seen = []
    for _ in range(3):
        seen.append(personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]["status"])
        account.clock.sleep(STEP_SECONDS * 0.7)

    assert seen == ["CREATE PENDING", "CREATE PENDING", "ACTIVE"]
    assert account.changes == [("CreateSolutionVersion", {"solutionArn": solution, "trainingMode": "FULL"})]


def test_given_a_version_in_a_passing_status_when_the_clock_moves_then_it_goes_on(account: PersonalizeAccount) -> None:
    begun = datetime(2023, 5, 1, tzinfo=UTC)
    arn = account.add_version(account.add_solution(), "CREATE STOPPING", creationDateTime=begun, name="mine")
    personalize = account.client()

    before = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    account.clock.sleep(STEP_SECONDS)
    after = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]

    assert (before["status"], before["creationDateTime"], before["name"]) == ("CREATE STOPPING", begun, "mine")
    assert after["status"] == "CREATE STOPPED"


def test_given_an_added_version_when_deployed_then_its_campaign_answers(account: PersonalizeAccount) -> None:
    version = account.add_version(account.add_solution())

    arn = account.client().create_campaign(name="shop", solutionVersionArn=version)["campaignArn"]
    account.clock.sleep(2 * STEP_SECONDS)

    answer = account.client("personalize-runtime").get_recommendations(campaignArn=arn, userId="u1")
    assert [item["itemId"] for item in answer["itemList"]] == ["i1", "i2"]


def test_given_an_added_update_when_the_clock_moves_then_the_campaign_takes_it_on(account: PersonalizeAccount) -> None:
    old, new = account.add_version(solution := account.add_solution()), account.add_version(solution)
    update = {"status": "CREATE PENDING", "solutionVersionArn": new}
    arn = account.add_campaign("shop", old, latestCampaignUpdate=update)

    account.clock.sleep(2 * STEP_SECONDS)

    campaign = account.client().describe_campaign(campaignArn=arn)["campaign"]
    assert (campaign["solutionVersionArn"], campaign["latestCampaignUpdate"]["status"]) == (new, "ACTIVE")


def test_given_refusals_when_called_then_the_clients_own_exceptions_are_raised(account: PersonalizeAccount) -> None:
    personalize = account.client()
    account.refuse_next("DescribeSolution", "ResourceInUseException", "busy")

    with pytest.raises(personalize.exceptions.ResourceInUseException, match="busy"):
        personalize.describe_solution(solutionArn=account.add_solution())
    with pytest.raises(ParamValidationError):
        personalize.describe_solution(solution="x")
    with pytest.raises(ClientError, match="1 validation error"):
        personalize.describe_solution(solutionArn="x")


@pytest.mark.parametrize("operation", ["CreateSolution", "CreateSolutionVersion", "CreateCampaign", "UpdateCampaign"])
def test_given_a_failure_to_come_when_started_then_it_ends_in_create_failed(
    account: PersonalizeAccount, operation: str
) -> None:
    solution = account.add_solution()
    version = account.add_version(solution)
    campaign = account.add_campaign("other", version)
    requests = {
        "CreateSolution": {
            "name": "new",
            "datasetGroupArn": account.group_arn,
            "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization",
            "performAutoTraining": False,
        },
        "CreateSolutionVersion": {"solutionArn": solution},
        "CreateCampaign": {"name": "new", "solutionVersionArn": version},
        "UpdateCampaign": {"campaignArn": campaign, "minProvisionedTPS": 2},
    }
    account.fail_next(operation, "no capacity")

    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")
    answer = getattr(account.client(), snake)(**requests[operation])
    account.clock.sleep(3 * STEP_SECONDS)

    made = account.resource(next(value for name, value in answer.items() if name.endswith("Arn")))
    assert made is not None
    failed = made["latestCampaignUpdate"] if operation == "UpdateCampaign" else made
    assert (failed["status"], failed["failureReason"]) == ("CREATE FAILED", "no capacity")


def test_given_many_versions_when_listed_then_the_clients_paginator_has_them_all(account: PersonalizeAccount) -> None:
    solution = account.add_solution()
    arns = [account.add_version(solution) for _ in range(5)]

    pages = (
        account.client()
        .get_paginator("list_solution_versions")
        .paginate(solutionArn=solution, PaginationConfig={"PageSize": 2})
    )

    assert [version["solutionVersionArn"] for page in pages for version in page["solutionVersions"]] == arns
    assert account.arns(SOLUTION_VERSION) == arns
    assert (account.arns(SOLUTION), account.arns(CAMPAIGN)) == ([solution], [])


def test_given_a_deletion_when_the_clock_moves_then_the_resource_is_gone(account: PersonalizeAccount) -> None:
    arn = account.add_solution(status="DELETE PENDING")
    account.clock.sleep(2 * STEP_SECONDS)
    assert account.resource(arn) is None


def test_given_an_import_of_the_seed_when_the_clock_moves_then_it_is_done(account: PersonalizeAccount) -> None:
    arn = account.client().create_dataset_import_job(
        jobName="job",
        datasetArn=account.interactions_arn,
        dataSource={"dataLocation": "s3://seed/interactions.csv"},
        roleArn="arn:aws:iam::123456789012:role/personalize",
    )["datasetImportJobArn"]
    account.clock.sleep(2 * STEP_SECONDS)
    assert (account.resource(arn) or {})["status"] == "ACTIVE"


def test_given_tasks_when_the_clock_sleeps_then_those_due_run_in_order() -> None:
    clock, ran = ManualClock(now=0), []
    for delay in (3, 1, 2):
        clock.call_later(delay, lambda delay=delay: ran.append((delay, clock())))

    clock.sleep(timedelta(seconds=2).total_seconds())

    assert ran == [(1, 1), (2, 2)]
    assert (clock(), clock.pauses) == (2, [2])
