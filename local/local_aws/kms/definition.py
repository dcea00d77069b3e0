"""The definition of KMS: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("kms", corrections=("local_aws.kms.moto_corrections",))
