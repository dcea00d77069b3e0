"""The definition of moto's server. `server.py` loads it, and corrects it, with the first request that moto answers."""

from local_aws.service import Service

SERVICE = Service("moto_server", corrections=("local_aws.moto_server.moto_corrections",), corrects_late=True)
