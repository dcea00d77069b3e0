"""The definition of SQS: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("sqs", corrections=("local_aws.sqs.moto_corrections", "local_aws.sqs.retention"))
