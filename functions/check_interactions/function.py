"""The function check_interactions: whether a training of one model is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining import ledger
from animal_recommender.retraining.run_state import Model, Run
from check_interactions.automatic_training import AutomaticTraining, switch_off_automatic_training
from check_interactions.history import TrainingHistory, read_training_history
from check_interactions.interactions import count_interactions

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_ssm import SSMClient

Decision = Literal["train", "skip"]


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    PUT_EVENTS_SERVICE is the deployed name of the function put_events, which is a dimension of its metrics. The ledger
    of a model is the SSM parameter `<LEDGER_PREFIX>/<model>/ledger`.
    """

    put_events_service: str
    ledger_prefix: str


class CheckInput(TypedDict):
    """The model to check, and the run."""

    model: Model
    run: Run


class Check(TypedDict):
    """Whether to train, and every number that the decision is based on."""

    decision: Decision
    reason: str
    newInteractions: int | None  # None if the model was never trained
    since: str | None  # ISO 8601: when the last training began
    trainingHoursThisMonth: float
    automaticTraining: AutomaticTraining
    pause: ledger.Pause | None  # of the model; it stops scheduled runs only


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeClient",
    cloudwatch: "CloudWatchClient",
    ssm: "SSMClient",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Handler[CheckInput, Check]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: CheckInput, context: "LambdaContext") -> Check:
        """Return whether a training is due. Idempotent: the only change is to switch automatic training off.

        Raises:
            LedgerError: The model's ledger is damaged.
        """
        model, moment = event["model"], now()
        automatic_training = switch_off_automatic_training(personalize, model["solutionArn"])
        history = read_training_history(personalize, model["solutionArn"], moment)
        since, count = history.last_trained, None
        if since is not None:
            count = count_interactions(cloudwatch, settings.put_events_service, since, moment)
        pause = _find_pause(ssm, f"{settings.ledger_prefix}/{model['name']}/ledger")
        decision, reason = decide(model, history, count, pause if event["run"]["scheduled"] else None)
        logger.info("checked", extra={"model": model["name"], "decision": decision, "new_interactions": count})
        return {
            "decision": decision,
            "reason": reason,
            "newInteractions": count,
            "since": since.isoformat() if since else None,
            "trainingHoursThisMonth": round(history.month_hours, 3),
            "automaticTraining": automatic_training,
            "pause": pause,
        }

    return handle


def _find_pause(ssm: "SSMClient", parameter: str) -> ledger.Pause | None:
    entry = ledger.read(ssm, parameter)
    return entry.get("pause") if entry else None


def decide(
    model: Model, history: TrainingHistory, count: int | None, pause: ledger.Pause | None = None
) -> tuple[Decision, str]:
    """Return the decision and its reason.

    `count` is None for a model that was never trained. `pause` is None too if the run does not heed it.
    """
    budget, needed = model["monthlyTrainingHours"], model["minimumNewInteractions"]
    if pause is not None:
        return "skip", f"paused after {pause['rejections']} rejections, since {pause['when']}"
    if history.in_training:
        return "skip", f"a training is already in progress: {history.in_training}"
    if budget is not None and history.month_hours + history.last_hours > budget:
        used = f"{history.month_hours:.2f} training hours were used this month"
        another = f"another training, if it takes {history.last_hours:.2f} hours like the last one"
        return "skip", f"{used}; {another}, would exceed the budget of {budget:g} hours"
    if count is None:
        return "train", "the model was never trained"
    if count < needed:
        return "skip", f"{count} new interactions since the last training, but {needed} are needed"
    return "train", f"{count} new interactions since the last training (needed: {needed})"
