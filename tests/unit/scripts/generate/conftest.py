"""A locked package that needs no network."""

import zipfile
from pathlib import Path

import pytest

from scripts.generate import wheels
from scripts.generate.wheels import Target


def make_wheel(path: Path, files: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A requirements file with one package, whose wheel needs no network; and a cache folder."""

    def download(_: Path, target: Target, folder: Path) -> None:
        record = "lib/__init__.py,,\nlib/fast.so,,\nlib-1.dist-info/licenses/LICENSE,,\n"
        files = {"lib/__init__.py": "from lib import fast", "lib/fast.cpython-313-aarch64.so": target.architecture}
        make_wheel(folder / "lib.whl", {**files, "lib-1.dist-info/RECORD": record, "lib-1.dist-info/LICENSE": "MIT"})

    monkeypatch.setattr(wheels, "_download", download)
    requirements = tmp_path / "functions" / "requirements.txt"
    requirements.parent.mkdir()
    requirements.write_text("lib==1 --hash=sha256:0\n")
    return requirements, tmp_path / "cache"
