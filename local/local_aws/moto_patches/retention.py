"""What moto's core keeps although nobody needs it."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.common_models import BaseModel
from moto.utilities import utils

from local_aws.moto_patches.patching import correction

_OFFERINGS = "instance_type_offerings"
_OFFERINGS_MODULE = "moto.ec2.models.instance_types"


@correction
def forget_deleted_models() -> None:
    """Free an object of moto when it is deleted.

    Cause: moto/core/common_models.py, BaseModel.__new__ appends every object to `instances_tracked`, a list that only
    moto's dashboard reads. Deleted messages, overwritten objects and temporary copies stay in it: 8 copies of a
    DynamoDB item for each write.
    """

    def create(cls: type[BaseModel], *args: Any, **kwargs: Any) -> BaseModel:
        return super(BaseModel, cls).__new__(cls)

    BaseModel.__new__ = create  # type: ignore[method-assign]


@correction
def load_instance_offerings_when_asked() -> None:
    """Read the offerings of instance types when EC2 is asked for them.

    Cause: moto/ec2/models/instance_types.py reads all 150,000 when it is imported, as Step Functions and SSM do: 54 MB.
    """
    load = utils.load_resource

    def load_resource(resource: str) -> Any:
        return _Offerings(load, resource) if _OFFERINGS in resource else load(resource)

    utils.load_resource = load_resource


class _Offerings:
    """The offerings of one region, by one kind of location; read each time."""

    def __init__(self, load: Callable[[str], Any], resource: str) -> None:
        self._load = load
        self._resource = resource

    def __iter__(self) -> Iterator[dict[str, Any]]:
        # While moto imports its module, it adds the kind of location to each offering; done here instead.
        if not hasattr(sys.modules[_OFFERINGS_MODULE], "InstanceType"):
            return
        kind = self._resource.split("/")[-2]
        yield from ({**offering, "LocationType": kind} for offering in self._load(self._resource))
