"""The function judge_experiments: verdicts on the experiments, once a day, and what follows from them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from animal_recommender.experiments.counting import read_counts
from animal_recommender.experiments.current import log_wrong_shares
from animal_recommender.experiments.definition import (
    Experiment,
    apply_changed_shares,
    parse_changed_shares,
    parse_experiments,
)
from animal_recommender.experiments.share_ledger import Ledger, Step, list_shares
from animal_recommender.experiments.verdict import Conclusion, Verdict, judge, newest_whole_day
from animal_recommender.observability import Handler, add_count_metric, instrument, logger
from judge_experiments import live_metrics, report
from judge_experiments.actions import Actions
from judge_experiments.services import Services, run_query
from judge_experiments.watching import count_lost, watch_since

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LAST_LOOK = timedelta(days=1)  # after the end date: the last day is over then


def _parse_texts(text: str) -> dict[str, str]:
    values = json.loads(text)
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError("must be a JSON object of texts")
    return values


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    EXPERIMENTS_PARAMETER and SHARES_PARAMETER are SSM parameters, see `animal_recommender.experiments.definition`.
    QUERY_IDS are the ids of the named queries by name, FUNCTION_NAMES the deployed names of the functions that show
    lists. Verdicts and ledgers are in RAW_BUCKET. With DAILY_MAIL "true" a mail is sent every day, else only if
    something is new.
    """

    environment: str
    experiments_parameter: str
    shares_parameter: str
    raw_bucket: str
    workgroup: str
    topic_arn: str
    query_ids: Mapping[str, str] = field(metadata={"parse": _parse_texts})
    function_names: Mapping[str, str] = field(metadata={"parse": _parse_texts})
    daily_mail: str = "false"


def make_handler(
    settings: Settings, services: Services, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Handler[Any, dict[str, str]]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: Any, context: "LambdaContext") -> dict[str, str]:
        """Judge every experiment that is running or has just ended; return the conclusions by name. Emit live figures.

        One that fails does not stop the others. A second call does nothing more, but for a daily mail.

        Raises:
            ExceptionGroup: Experiments that could not be judged.
        """
        conclusions, errors = {}, []
        for defined, experiment in _read_experiments(settings, services, now()):
            try:
                conclusions[experiment.name] = str(_Judgement(settings, services, defined, experiment, now()).make())
            except Exception as error:
                logger.exception("not judged", extra={"experiment": experiment.name})
                errors.append(error)
        live = run_query(services, settings.workgroup, settings.query_ids[live_metrics.QUERY], [live_metrics.DAYS])
        live_metrics.emit(live_metrics.sum_by_model(live))
        if errors:
            raise ExceptionGroup("experiments could not be judged", errors)
        add_count_metric("ExperimentsJudged")  # also if there was none to judge: the alarm waits for a run
        return conclusions

    return handle


def _read_experiments(settings: Settings, services: Services, now: datetime) -> Iterable[tuple[Experiment, Experiment]]:
    """Return the experiments to judge: as they are defined, and with the shares that they have now."""
    defined = parse_experiments(services.ssm.get_parameter(Name=settings.experiments_parameter)["Parameter"]["Value"])
    changed = parse_changed_shares(services.ssm.get_parameter(Name=settings.shares_parameter)["Parameter"]["Value"])
    pairs = zip(defined, apply_changed_shares(defined, changed, log_wrong_shares), strict=True)
    today = now.date()
    return [pair for pair in pairs if any(pair[0].is_running(day) for day in (today, today - LAST_LOOK))]


class _Judgement:
    """The judgement of one experiment in one run."""

    def __init__(
        self, settings: Settings, services: Services, defined: Experiment, experiment: Experiment, now: datetime
    ) -> None:
        self.settings, self.services, self.now = settings, services, now
        self.defined, self.experiment = defined, experiment
        self.actions = Actions(services, settings.raw_bucket, settings.shares_parameter, defined)

    def make(self) -> Conclusion:
        """Judge, act if the experiment says so, write the verdict, and mail what is new."""
        ledger, self.experiment = self.actions.settle(self.experiment, self.now)
        counts = read_counts(self.experiment, self.now.date(), self._ask, self._count_lost())
        verdict = judge(self.experiment, counts, newest_whole_day(self.now.date()), list_shares(ledger))
        step = self._choose_step(verdict, ledger) if self.experiment.act else None
        if step is not None:
            ledger = self.actions.take(ledger, step)
        self._write(verdict, ledger)
        self._mail(verdict, ledger, step)
        add_count_metric("ExperimentsBroken", verdict.conclusion is Conclusion.BROKEN)
        return verdict.conclusion

    def _ask(self, query: str, parameters: Sequence[str]) -> Iterable[Sequence[str]]:
        return run_query(self.services, self.settings.workgroup, self.settings.query_ids[query], parameters)

    def _count_lost(self) -> int:
        function = self.settings.function_names[self.experiment.function]
        return count_lost(self.services, function, self.experiment, self.now)

    def _choose_step(self, verdict: Verdict, ledger: Ledger) -> Step | None:
        function = self.settings.function_names[self.experiment.function]
        watch = watch_since(self.services, function, self.experiment, ledger, self._ask, self.now)
        return self.actions.choose(verdict, ledger, watch, self.now)

    def _write(self, verdict: Verdict, ledger: Ledger) -> None:
        text = json.dumps(report.document(verdict, ledger, self.now.isoformat(timespec="seconds")), indent=2)
        self.services.s3.put_object(
            Bucket=self.settings.raw_bucket,
            Key=report.key(self.experiment.name),
            Body=text.encode(),
            ContentType="application/json",
        )

    def _mail(self, verdict: Verdict, ledger: Ledger, step: Step | None) -> None:
        """Mail a step, a new conclusion, or every day. It is recorded afterwards: rather two mails than none."""
        is_new = str(verdict.conclusion) not in (ledger.mailed, str(Conclusion.NOT_ENOUGH))
        if step is None and not is_new and self.settings.daily_mail != "true":
            return
        self.services.sns.publish(
            TopicArn=self.settings.topic_arn,
            Subject=report.subject(self.settings.environment, verdict, step),
            Message=report.body(self.settings.environment, verdict, step),
        )
        self.actions.write(ledger._replace(mailed=str(verdict.conclusion)))
