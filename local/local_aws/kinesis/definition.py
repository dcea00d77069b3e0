"""The definition of Kinesis: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("kinesis", corrections=("local_aws.kinesis.moto_corrections", "local_aws.kinesis.retention"))
