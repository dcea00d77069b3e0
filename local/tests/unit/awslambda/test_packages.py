"""Function packages on disk."""

import io
import zipfile
from pathlib import Path

from local_aws.awslambda import packages


def package(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return content.getvalue()


def test_a_package_is_extracted_once(tmp_path: Path) -> None:
    first = packages.extract(package(app="A = 1"), "sha/1+=", tmp_path)
    (first / "mark").touch()
    again = packages.extract(package(app="A = 2"), "sha/1+=", tmp_path)
    assert again == first
    assert (again / "mark").exists()
    assert (again / "app.py").read_text() == "A = 1"
    assert [path for path in tmp_path.iterdir() if path != first] == []


def test_the_runtime_brings_boto3_and_nothing_of_this_project(tmp_path: Path) -> None:
    modules = {path.name for path in packages.runtime_modules(tmp_path).iterdir()}
    assert {"boto3", "botocore", "awslambdaric", "urllib3", "six.py"} <= modules
    assert not {"aws_lambda_powertools", "numpy", "moto", "local"} & modules
