"""Every working operation, a module for each family of resources; importing this package registers them all."""

from local.personalize.operations import (
    campaigns,
    dataset_groups,
    datasets,
    events,
    filters,
    recipes,
    resources,
    runtime,
    schemas,
    solutions,
    tags,
    trackers,
    versions,
)

__all__ = [
    "campaigns",
    "dataset_groups",
    "datasets",
    "events",
    "filters",
    "recipes",
    "resources",
    "runtime",
    "schemas",
    "solutions",
    "tags",
    "trackers",
    "versions",
]
