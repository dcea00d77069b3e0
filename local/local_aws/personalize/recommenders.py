"""Recommenders: train the model of a use case and serve it, retrain it, and change its configuration.

Source: developer guide, "Domain recommenders": a recommender is trained when it is created, every seven days, and when
the columns for training change.
"""

import logging
from typing import Any

from local_aws.personalize.campaigns import make_deployment
from local_aws.personalize.errors import JobFailedError
from local_aws.personalize.resource_store import Resource, Update
from local_aws.personalize.resource_types import RECOMMENDER
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, CREATE_FAILED, CREATE_IN_PROGRESS, CREATE_PENDING, StatusTimeline
from local_aws.personalize.training import train

_log = logging.getLogger(__name__)
_RETRAINING_DAYS = 7


def train_recommender(service: Service, recommender: Resource) -> dict[str, Any]:
    """Train a recommender, let it serve the model, and return what the resource gets from that.

    Raises:
        JobFailedError: The data are not sufficient, or a fault was set.
    """
    trained = train(service, recommender, recommender)
    recommender.fields["catalogueVersion"] = trained["catalogueVersion"]
    serve(service, recommender)
    return {"modelMetrics": trained["metrics"]}


def serve(service: Service, recommender: Resource) -> None:
    """Let a recommender serve its model with its present configuration."""
    config = recommender["recommenderConfig"]
    service.deployments[recommender.arn] = make_deployment(service, recommender, recommender, config)


def schedule_retraining(service: Service, recommender: Resource) -> None:
    """Train a recommender again in seven days, and from then on."""
    delay = _RETRAINING_DAYS * service.settings.day_seconds
    service.light_workers.submit(lambda: _retrain(service, recommender), delay)


def _retrain(service: Service, recommender: Resource) -> None:
    if service.store.find(recommender.arn, RECOMMENDER) is not recommender:
        return
    if service.status(recommender) == ACTIVE:
        service.job_workers.submit(lambda: _train_again(service, recommender))
    schedule_retraining(service, recommender)


def _train_again(service: Service, recommender: Resource, update: Update | None = None) -> None:
    """Train a recommender that exists, perhaps for an update. If that fails, it serves what it did before."""
    try:
        recommender.fields.update(train_recommender(service, recommender))
    except JobFailedError as error:
        _log.error("%s: the retraining failed: %s", recommender.arn, error)
        if update:
            update.failure_reason = str(error)


def start_update(service: Service, recommender: Resource, config: dict[str, Any]) -> None:
    """Change the configuration of a recommender in the background. Hold the service's lock."""
    step_seconds = service.settings.step_seconds
    timeline = StatusTimeline.starting_at(service.now(), step_seconds, CREATE_PENDING, CREATE_IN_PROGRESS)
    update = Update({"recommenderConfig": config}, timeline)
    recommender.updates["latestRecommenderUpdate"] = update
    service.job_workers.submit(lambda: _finish_update(service, recommender, update), 2 * step_seconds)


def _finish_update(service: Service, recommender: Resource, update: Update) -> None:
    config = update.fields["recommenderConfig"]
    columns = config.get("trainingDataConfig", {})
    retrain = columns != recommender["recommenderConfig"].get("trainingDataConfig", {})
    recommender.fields["recommenderConfig"] = config
    recommender.fields["solutionConfig"] = {"trainingDataConfig": columns}
    if retrain:
        _train_again(service, recommender, update)
    else:
        serve(service, recommender)
    update.timeline = update.timeline.then(service.now(), 0, CREATE_FAILED if update.failure_reason else ACTIVE)
