"""The modules that a program needs."""

from pathlib import Path

from scripts.generate.imports import find_modules


def test_given_imports_of_every_kind_then_those_that_run_are_followed(tmp_path: Path) -> None:
    own, vendored = tmp_path / "own", tmp_path / "vendored"
    files = {
        own / "f/__init__.py": "",
        own / "f/handler.py": "from typing import TYPE_CHECKING\nfrom f import x\nfrom .y import z\n"
        "if TYPE_CHECKING:\n    import f.unseen\ndef g():\n    import lib.sub\n",
        own / "f/x.py": "import json, boto3",
        own / "f/y.py": "z = 1",
        own / "f/unseen.py": "",
        vendored
        / "lib/__init__.py": "def lazy():\n    from . import unused\ntry:\n    from . import used\nexcept A:\n    pass",
        vendored / "lib/sub.py": "",
        vendored / "lib/used.py": "",
        vendored / "lib/unused.py": "",
    }
    for path, source in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)

    found = find_modules(own / "f/handler.py", own, vendored)

    assert list(found) == [
        "f/__init__.py",
        "f/handler.py",
        "f/x.py",
        "f/y.py",
        "lib/__init__.py",
        "lib/sub.py",
        "lib/used.py",
    ]
