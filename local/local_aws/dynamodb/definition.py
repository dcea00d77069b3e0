"""The definition of DynamoDB: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("dynamodb", corrections=("local_aws.dynamodb.moto_corrections",))
