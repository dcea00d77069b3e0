"""The definition of CloudWatch Logs: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("logs", corrections=("local_aws.logs.moto_corrections", "local_aws.logs.retention"))
