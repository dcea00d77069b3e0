"""A named query is listed and run."""

from tests.integration.scripts.operate.conftest import PREFIX, System


def test_given_a_named_query_then_it_is_listed_and_asked(system: System) -> None:
    athena = system.client("athena")
    athena.create_named_query(
        Name="one", Description="One?", Database="raw", QueryString="SELECT 6 * 7", WorkGroup=PREFIX
    )
    assert "One?" in system.run("query").stdout
    answered = system.run("query", "one")
    assert answered.returncode == 0
    assert answered.stdout.split()[-1] == "42"
