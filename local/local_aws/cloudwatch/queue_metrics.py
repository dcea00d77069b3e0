"""How much is in each queue, as SQS tells CloudWatch: moto measures nothing of it."""

import time

from moto.sqs.models import Queue, sqs_backends

from local_aws.cloudwatch.datapoints import MINUTE
from local_aws.cloudwatch.metrics import put_metrics


class QueueLengths:
    """Measures a queue when its length changes, and while something is in it once a minute, as AWS does."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}

    def measure(self) -> None:
        """Record `ApproximateNumberOfMessagesVisible` of each queue that is to be measured now."""
        for account in list(sqs_backends.values()):
            for backend in list(account.values()):
                for queue in list(backend.queues.values()):
                    self._measure(queue)

    def _measure(self, queue: Queue) -> None:
        length = queue.approximate_number_of_messages
        measured = length, int(time.time() // MINUTE) if length else 0
        if measured != self._known.get(queue.queue_arn, (0, 0)):
            self._known[queue.queue_arn] = measured
            metric = {"MetricName": "ApproximateNumberOfMessagesVisible", "Value": length, "Unit": "Count"}
            dimensions = [{"Name": "QueueName", "Value": queue.name}]
            put_metrics(queue.account_id, queue.region, "AWS/SQS", [{**metric, "Dimensions": dimensions}])
