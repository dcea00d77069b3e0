"""A visitor is forgotten by all services."""

import gzip

import pytest

from tests.integration.scripts.operate.conftest import PREFIX, System, event

pytestmark = pytest.mark.usefixtures("empty_queues")


def test_given_a_user_when_forgotten_then_no_service_knows_them_and_the_others_stay(
    system: System, ann: str, bob: str
) -> None:
    of_ann, of_bob = event(ann, f"{ann}-1"), event(bob, f"{bob}-1")
    system.put(of_ann, of_ann, of_bob, of_bob)
    for user in (ann, bob):
        system.until(lambda user=user: len(system.history(user)) == len(system.tracked(user)) == 2, "not there")
    raw = {ann: [of_ann, of_bob], bob: [of_bob]}
    for name, lines in raw.items():
        body = gzip.compress(b"".join(line + b"\n" for line in lines))
        system.client("s3").put_object(Bucket=f"{PREFIX}-raw", Key=f"events/year=2026/{name}.gz", Body=body)
    done = system.run("forget_user", "--user", ann)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Receipt: s3://" in done.stdout
    assert system.history(ann) == system.tracked(ann) == []
    assert len(system.history(bob)) == len(system.tracked(bob)) == 2
    body = system.client("s3").get_object(Bucket=f"{PREFIX}-raw", Key=f"events/year=2026/{ann}.gz")["Body"].read()
    assert gzip.decompress(body) == of_bob + b"\n"
