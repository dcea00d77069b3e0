"""The kinds of resources, as data: what the generic create, describe, list and delete need to know of each."""

from dataclasses import dataclass

from local_aws.personalize.timeline import ACTIVE, CREATE_FAILED, CREATE_IN_PROGRESS, CREATE_PENDING


@dataclass(frozen=True)
class Kind:
    """One kind of resource. Its operations are Create/Describe/Delete + `noun` and List + `noun` + s."""

    noun: str
    path: str
    """Resource type in the ARN, e.g. dataset-group."""
    name_member: str = "name"
    instant: bool = False
    """Whether it has no statuses: there as soon as it is created, gone as soon as it is deleted."""
    statuses: tuple[str, str, str, str] = (CREATE_PENDING, CREATE_IN_PROGRESS, ACTIVE, CREATE_FAILED)
    """Waiting, under way, done, failed."""

    @property
    def member(self) -> str:
        """The member of the Describe answer that holds it, e.g. datasetGroup."""
        return self.noun[0].lower() + self.noun[1:]

    @property
    def arn_member(self) -> str:
        """The member that holds its ARN, e.g. datasetGroupArn."""
        return f"{self.member}Arn"


SCHEMA = Kind("Schema", "schema", instant=True)
DATASET_GROUP = Kind("DatasetGroup", "dataset-group")
DATASET = Kind("Dataset", "dataset")
IMPORT_JOB = Kind("DatasetImportJob", "dataset-import-job", "jobName")
EXPORT_JOB = Kind("DatasetExportJob", "dataset-export-job", "jobName")
DELETION_JOB = Kind(
    "DataDeletionJob", "data-deletion-job", "jobName", statuses=("PENDING", "IN_PROGRESS", "COMPLETED", "FAILED")
)
TRACKER = Kind("EventTracker", "event-tracker")
SOLUTION = Kind("Solution", "solution")
VERSION = Kind("SolutionVersion", "solution")
CAMPAIGN = Kind("Campaign", "campaign")
FILTER = Kind("Filter", "filter")
INFERENCE_JOB = Kind("BatchInferenceJob", "batch-inference-job", "jobName")
ATTRIBUTION = Kind("MetricAttribution", "metric-attribution")

KINDS = (
    SCHEMA,
    DATASET_GROUP,
    DATASET,
    IMPORT_JOB,
    EXPORT_JOB,
    DELETION_JOB,
    TRACKER,
    SOLUTION,
    VERSION,
    CAMPAIGN,
    FILTER,
    INFERENCE_JOB,
    ATTRIBUTION,
)
