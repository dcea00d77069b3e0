"""The removal of a visitor who left nothing."""

from scripts.operate.forget_user.__main__ import store_receipt
from scripts.operate.forget_user.removal import Removal
from tests.unit.scripts.operate.forget_user.conftest import Deployed, contents


def test_given_a_user_nobody_knows_then_nothing_changes_and_there_is_a_receipt(deployed: Deployed) -> None:
    before = contents("raw-bucket")
    removal = Removal(deployed, "nobody", deployed.personalize.clock.sleep)
    assert removal.run(wait=True) == ""
    assert removal.state.counts["objects rewritten"] == 0
    store_receipt(deployed, removal, [])
    assert contents("raw-bucket") == before
    assert len([key for key in contents("seed-bucket") if key.startswith("forget/")]) == 1
