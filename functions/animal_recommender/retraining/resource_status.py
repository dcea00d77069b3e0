"""The statuses of resources of Amazon Personalize, as its API writes them.

https://docs.aws.amazon.com/personalize/latest/dg/API_SolutionVersion.html lists them for solution versions; campaigns,
updates and imports have a part of them.
"""

ACTIVE = "ACTIVE"
CREATE_FAILED = "CREATE FAILED"
STOPPING = "CREATE STOPPING"  # of a training that was asked to stop
CREATING = frozenset({"CREATE PENDING", "CREATE IN_PROGRESS"})
DELETING = frozenset({"DELETE PENDING", "DELETE IN_PROGRESS"})
UPDATING = frozenset({"UPDATE PENDING", "UPDATE IN_PROGRESS"})  # of an update of a dataset
UNDER_WAY = CREATING | UPDATING | {STOPPING} | DELETING  # the status will change by itself
