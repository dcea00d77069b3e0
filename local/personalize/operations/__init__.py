"""Every working operation, a module for each family of resources; importing this package registers them all."""

from local.personalize.operations import dataset_groups, resources, schemas

__all__ = ["dataset_groups", "resources", "schemas"]
