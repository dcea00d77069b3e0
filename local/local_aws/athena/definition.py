"""The definition of Athena: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("athena", corrections=("local_aws.athena.moto_corrections", "local_aws.athena.retention"))
