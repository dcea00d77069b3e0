"""What moto's core keeps although nobody needs it."""

from typing import Any

from moto.core.common_models import BaseModel

from local_aws.moto_patches.patching import correction


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
