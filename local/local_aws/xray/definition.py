"""The definition of X-Ray: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("xray", corrections=("local_aws.xray.retention",))
