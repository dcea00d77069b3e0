"""The definition of Budgets: moto answers it, with corrections."""

from local_aws.service import Service

SERVICE = Service("budgets", corrections=("local_aws.budgets.moto_corrections",))
