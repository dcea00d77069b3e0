"""The definition of moto's own core, which every service of moto shares."""

from local_aws.service import Service

SERVICE = Service(
    "moto_patches", corrections=("local_aws.moto_patches.moto_corrections", "local_aws.moto_patches.retention")
)
