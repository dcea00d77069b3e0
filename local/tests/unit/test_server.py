"""Which paths the endpoint keeps from moto."""

import pytest

from local_aws.server import is_moto_administration


@pytest.mark.parametrize(
    "path",
    ["/moto-api", "/moto-api/reset", "/Moto-Api/reset", "/x/../moto-api/reset", "//moto-api/reset", "/./MOTO-API/"],
)
def test_given_a_path_of_motos_administration_in_any_writing_then_it_is_known(path: str) -> None:
    assert is_moto_administration(path)


@pytest.mark.parametrize("path", ["/", "/bucket/moto-api/reset", "/moto-api/../bucket", "/_local/health"])
def test_given_another_path_then_it_is_not(path: str) -> None:
    assert not is_moto_administration(path)
