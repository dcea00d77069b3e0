"""What `make health` looks at. Each check only reads, and yields its findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from animal_recommender.retraining.automatic_updates import describe_standing
from animal_recommender.retraining.campaign_status import served_version, serves
from animal_recommender.retraining.ledger import version_to_serve
from scripts.common import environments
from scripts.common.findings import Finding, State
from scripts.common.terminal import plural
from scripts.operate.deployed_models import DeployedModel, list_models
from scripts.operate.deployment import CONSUMERS, Deployment
from scripts.operate.retraining_runs import find_running_execution

if TYPE_CHECKING:
    from types_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef

LATE_SECONDS = 300.0  # a consumer that is further behind is worth a look; the default of its alarm
OLD_DAYS = 7.0  # so is a model that is older
_RECENT = timedelta(minutes=15)


def check_lag(deployment: Deployment) -> Iterator[Finding]:
    """Find out how far the consumers of the stream are behind."""
    for name in CONSUMERS:
        function = deployment.name(f"functions/{name}").partition(":")[0]
        age = _find_iterator_age(deployment, function)
        if age is None:
            yield Finding(f"{name} lag", State.OK, "no events in the last 15 minutes")
        else:
            state = State.OK if age <= LATE_SECONDS * 1000 else State.FAILED
            yield Finding(f"{name} lag", state, f"at most {age / 1000:,.1f} s in the last 15 minutes")


def _find_iterator_age(deployment: Deployment, function: str) -> float | None:
    """Return the highest age of the last 15 minutes in milliseconds; None without one."""
    now = datetime.now(UTC)
    response = deployment.aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="IteratorAge",
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now - _RECENT,
        EndTime=now + timedelta(minutes=1),
        Period=int(_RECENT.total_seconds()),
        Statistics=["Maximum"],
    )
    return max((point["Maximum"] for point in response["Datapoints"]), default=None)


def check_dead_letters(deployment: Deployment) -> Iterator[Finding]:
    """Count the events that the consumers refused."""
    sqs = deployment.aws.client("sqs")
    for name in CONSUMERS:
        attributes = sqs.get_queue_attributes(
            QueueUrl=deployment.name(f"dead-letter-queues/{name}"), AttributeNames=["All"]
        )["Attributes"]
        # A message that somebody reads at this moment is not visible.
        hidden = int(attributes["ApproximateNumberOfMessagesNotVisible"])
        letters = int(attributes["ApproximateNumberOfMessages"]) + hidden
        detail = (
            f"{plural(letters, 'message')}: `make dead-letters ENV={deployment.environment}` shows them"
            if letters
            else "none"
        )
        yield Finding(f"{name} dead letters", State.FAILED if letters else State.OK, detail)


def check_models(deployment: Deployment) -> Iterator[Finding]:
    """Find out how old each model is, and whether its campaign serves what the ledger says."""
    for model in list_models(deployment):
        yield _check_model(model)


def _check_model(model: DeployedModel) -> Finding:
    campaign, entry = model.describe_campaign(), model.read_ledger()
    served = served_version(campaign)
    age = datetime.now(UTC) - model.describe_version(served)["creationDateTime"]
    days = age.total_seconds() / 86_400
    detail = f"serves {served.rpartition('/')[2]}, trained {_ago(days)}"
    if entry is None or not serves(campaign, version_to_serve(entry)):
        return _describe_difference(model, detail)
    if "last" in entry:
        detail += f"; last run: {entry['last']['outcome']}"
    standing = describe_standing(model.find_standing())
    if standing:
        detail += f". {standing}"
    if "pause" in entry:
        paused = f"retraining is paused after {entry['pause']['rejections']} rejections"
        return Finding(model.name, State.FAILED, f"{detail}; {paused}", model.retrain_command)
    return Finding(model.name, State.OK if days <= OLD_DAYS and not standing else State.NOTE, detail)


def _describe_difference(model: DeployedModel, detail: str) -> Finding:
    """Return that a campaign does not serve what its ledger says; a run that is under way may be changing it."""
    if find_running_execution(model.deployment) is not None:
        return Finding(model.name, State.NOTE, f"{detail}; a run is under way, which may be changing it")
    remedy = f"make models ENV={model.deployment.environment} shows what to do"
    return Finding(model.name, State.FAILED, f"{detail}, which is not what the ledger says", remedy)


def _ago(days: float) -> str:
    minutes = round(days * 1440)
    if minutes < 120:
        return f"{plural(minutes, 'minute')} ago"
    return f"{plural(round(minutes / 60), 'hour')} ago" if days < 2 else f"{plural(round(days), 'day')} ago"


def check_last_run(deployment: Deployment) -> Iterator[Finding]:
    """Find out how the newest retraining run ended."""
    executions = deployment.aws.client("stepfunctions").list_executions(
        stateMachineArn=deployment.name("state-machine"), maxResults=1
    )["executions"]
    if not executions:
        yield Finding(
            "last run", State.NOTE, f"there has been none; `make retrain ENV={deployment.environment}` starts one"
        )
    for execution in executions:
        yield _describe_run(execution)


def _describe_run(execution: ExecutionListItemTypeDef) -> Finding:
    status, began = execution["status"], execution["startDate"]
    days = (datetime.now(UTC) - began).total_seconds() / 86_400
    state = State.OK if status in ("SUCCEEDED", "RUNNING") else State.FAILED
    return Finding("last run", state, f"{status.lower()}, begun {_ago(days)}")


def check_cost(deployment: Deployment) -> Iterator[Finding]:
    """Read what Amazon Personalize has cost this month from the budget, and the training hours from the service."""
    models = list_models(deployment)
    hours = sum(model.sum_hours_this_month(model.describe_solution()["solutionArn"]) for model in models)
    trained = f"{hours:,.2f} training hours"
    budget = _find_budget(deployment)
    if budget is None:
        estimate = f"`make cost ENV={deployment.environment}` estimates the rest (no budget is set)"
        yield Finding("cost this month", State.OK, f"{trained}; {estimate}")
        return
    spent, limit = budget
    state = State.OK if spent <= limit else State.FAILED
    yield Finding("cost this month", state, f"${spent:,.2f} of ${limit:,.2f} for Amazon Personalize; {trained}")


def _find_budget(deployment: Deployment) -> tuple[float, float] | None:
    """Return what is spent and the limit, in US dollars; None without a budget."""
    account = deployment.aws.client("sts").get_caller_identity()["Account"]
    budgets = deployment.aws.client("budgets")
    try:
        budget = budgets.describe_budget(AccountId=account, BudgetName=f"{deployment.prefix}-personalize")["Budget"]
    except budgets.exceptions.NotFoundException:
        return None
    spent = budget.get("CalculatedSpend", {}).get("ActualSpend", {}).get("Amount", "0")
    return float(spent), float(budget["BudgetLimit"]["Amount"])


def find_links(deployment: Deployment) -> Iterator[Finding]:
    """Return addresses of more: the dashboard, the state machine and the HTTP API; the console of the local AWS."""
    region = deployment.region
    if "front-door-url" in deployment.names:
        yield Finding("HTTP API", State.OK, deployment.name("front-door-url"))
    if deployment.environment == "local":
        yield Finding("console", State.OK, f"{environments.local().endpoint}/_local/console")
        return
    console = f"https://{region}.console.aws.amazon.com"
    yield Finding(
        "dashboard", State.OK, f"{console}/cloudwatch/home?region={region}#dashboards:name={deployment.prefix}"
    )
    state_machine = deployment.name("state-machine")
    yield Finding("runs", State.OK, f"{console}/states/home?region={region}#/statemachines/view/{state_machine}")
