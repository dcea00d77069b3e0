"""Batch inference jobs of this deployment: recommendations for many users, written to S3."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import BatchInferenceJobSummaryTypeDef

# Below this prefix of the bucket are lists of users, and for each job a folder with its input and its output.
FOLDER = "batch"
INPUT = "users.json"
OUTPUT = f"{INPUT}.out"  # Personalize adds .out to the name of the input


def find_newest_job(personalize: "PersonalizeClient", name_prefix: str) -> "BatchInferenceJobSummaryTypeDef | None":
    """Return the newest job whose name begins with `name_prefix`, None if there is none."""
    pages = personalize.get_paginator("list_batch_inference_jobs").paginate()
    jobs = [job for page in pages for job in page["batchInferenceJobs"] if job["jobName"].startswith(name_prefix)]
    return max(jobs, key=lambda job: job["creationDateTime"], default=None)
