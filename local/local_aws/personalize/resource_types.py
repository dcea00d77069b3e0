"""The types of resources, as data for the generic create, describe, list and delete operations."""

from dataclasses import dataclass

from local_aws.personalize.statuses import ACTIVE, CREATE_FAILED, CREATE_IN_PROGRESS, CREATE_PENDING


@dataclass(frozen=True)
class ResourceType:
    """One type of resource. Its operations are Create/Describe/Delete + `noun` and List + `noun` + s."""

    noun: str
    path: str
    """Resource type in the ARN, e.g. dataset-group."""
    name_member: str = "name"
    instant: bool = False
    """Whether it has no statuses: it exists as soon as it is created, and not after it is deleted."""
    created_at_once: bool = False
    """Whether it is ACTIVE right after it is created. Its deletion has statuses."""
    statuses: tuple[str, str, str, str] = (CREATE_PENDING, CREATE_IN_PROGRESS, ACTIVE, CREATE_FAILED)
    """Pending, in progress, succeeded, failed."""

    @property
    def member(self) -> str:
        """The member of the Describe response that holds the resource, e.g. datasetGroup."""
        return self.noun[0].lower() + self.noun[1:]

    @property
    def arn_member(self) -> str:
        """The member that holds its ARN, e.g. datasetGroupArn."""
        return f"{self.member}Arn"


SCHEMA = ResourceType("Schema", "schema", instant=True)
DATASET_GROUP = ResourceType("DatasetGroup", "dataset-group")
DATASET = ResourceType("Dataset", "dataset")
DATASET_IMPORT_JOB = ResourceType("DatasetImportJob", "dataset-import-job", "jobName")
DATASET_EXPORT_JOB = ResourceType("DatasetExportJob", "dataset-export-job", "jobName")
DATA_DELETION_JOB = ResourceType(
    "DataDeletionJob", "data-deletion-job", "jobName", statuses=("PENDING", "IN_PROGRESS", "COMPLETED", "FAILED")
)
EVENT_TRACKER = ResourceType("EventTracker", "event-tracker")
SOLUTION = ResourceType("Solution", "solution", created_at_once=True)
SOLUTION_VERSION = ResourceType("SolutionVersion", "solution")
CAMPAIGN = ResourceType("Campaign", "campaign")
FILTER = ResourceType("Filter", "filter")
BATCH_INFERENCE_JOB = ResourceType("BatchInferenceJob", "batch-inference-job", "jobName")
BATCH_SEGMENT_JOB = ResourceType("BatchSegmentJob", "batch-segment-job", "jobName")
METRIC_ATTRIBUTION = ResourceType("MetricAttribution", "metric-attribution")
RECOMMENDER = ResourceType("Recommender", "recommender")

RESOURCE_TYPES = (
    SCHEMA,
    DATASET_GROUP,
    DATASET,
    DATASET_IMPORT_JOB,
    DATASET_EXPORT_JOB,
    DATA_DELETION_JOB,
    EVENT_TRACKER,
    SOLUTION,
    SOLUTION_VERSION,
    CAMPAIGN,
    FILTER,
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    METRIC_ATTRIBUTION,
    RECOMMENDER,
)
