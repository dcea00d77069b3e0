"""The definition of S3: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service(
    "s3", corrections=("local_aws.s3.access_logs", "local_aws.s3.moto_corrections", "local_aws.s3.object_lists")
)
