"""What is deployed: it must not know of the local AWS."""

from scripts.common.environments import ROOT


def test_deployed_code_names_no_local_address() -> None:
    """The local AWS is only an endpoint URL and a tfvars file, so deployed code needs no address of it."""
    deployed = [ROOT / name for name in ("functions", "modules", "step_functions")]
    texts = {
        file: file.read_text(encoding="utf-8")
        for folder in deployed
        for file in folder.rglob("*.*")
        if file.suffix in {".py", ".tf", ".json"}
    }
    assert texts
    assert not [file for file, text in texts.items() if "127.0.0.1" in text or "4566" in text or "localhost" in text]
