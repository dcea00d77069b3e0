"""Probes of the corrections of moto's core."""

from local_aws.testing.moto_probes import ACCOUNT, client, probe


@probe("moto_patches.find_backends_without_a_lock")
def backends_are_found_while_another_is_made() -> None:
    import threading

    from moto.core.base_backend import backend_lock
    from moto.sns.models import sns_backends

    sns_backends[ACCOUNT]
    with backend_lock:
        look_up = threading.Thread(target=lambda: sns_backends[ACCOUNT], daemon=True)
        look_up.start()
        look_up.join(timeout=1)
        assert not look_up.is_alive(), "a look-up waits for the lock of all services"


@probe("moto_patches.forget_deleted_models")
def deleted_object_is_freed() -> None:
    import gc
    import weakref

    from moto.sqs.models import Queue

    queue = weakref.ref(Queue("q", "us-east-1", ACCOUNT))
    gc.collect()
    assert queue() is None


@probe("moto_patches.load_instance_offerings_when_asked")
def offerings_of_instance_types_are_read_when_asked_for() -> None:
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    within = {"LocationType": "availability-zone", "Filters": [{"Name": "instance-type", "Values": ["t3.micro"]}]}
    offerings = client("ec2").describe_instance_type_offerings(**within)["InstanceTypeOfferings"]
    assert {offering["LocationType"] for offering in offerings} == {"availability-zone"}
    assert not isinstance(INSTANCE_TYPE_OFFERINGS["availability-zone"]["us-east-1"], list), "they stay in memory"
