"""The metrics of queues that SQS sends to CloudWatch; moto sends none."""

import time

from moto.sqs.models import Queue, sqs_backends

from local_aws.cloudwatch.datapoints import MINUTE
from local_aws.cloudwatch.metrics import put_metrics


class QueueMetrics:
    """Records the length of a queue when it changes, and once a minute while it is not empty, as AWS does."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}

    def record(self) -> None:
        """Record `ApproximateNumberOfMessagesVisible` of each queue that has to be recorded now."""
        for account in list(sqs_backends.values()):
            for backend in list(account.values()):
                for queue in list(backend.queues.values()):
                    self._record(queue)

    def _record(self, queue: Queue) -> None:
        length = queue.approximate_number_of_messages
        recorded = length, int(time.time() // MINUTE) if length else 0
        if recorded != self._known.get(queue.queue_arn, (0, 0)):
            self._known[queue.queue_arn] = recorded
            metric = {"MetricName": "ApproximateNumberOfMessagesVisible", "Value": length, "Unit": "Count"}
            dimensions = [{"Name": "QueueName", "Value": queue.name}]
            put_metrics(queue.account_id, queue.region, "AWS/SQS", [{**metric, "Dimensions": dimensions}])
