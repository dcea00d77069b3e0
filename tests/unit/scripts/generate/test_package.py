"""The Lambda packages: what is in them, that they are reproducible, and that each works alone."""

import ast
import json
import runpy
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts.common.task import TaskError
from scripts.generate import package
from scripts.generate.package import FUNCTIONS, MAX_BYTES, function_names, main, write_zip
from scripts.generate.wheels import Target, unpack

NAMES = function_names()
# What the Lambda runtime brings.
RUNTIME_MODULES = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six", "jmespath")
ENVIRONMENT = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "ENVIRONMENT": "test",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "AnimalRecommender",
    "TRACKING_ID": "t",
    "DEAD_LETTER_QUEUE_URL": "http://queue",
    "HISTORY_TABLE": "history",
    "HISTORY_TTL_DAYS": "30",
    "CAMPAIGN_ARN": "arn",
    "FALLBACK_BUCKET": "bucket",
    "FALLBACK_KEY": "key",
    "MODELS": "[]",
    "WAITING": "{}",
    "FALLBACK_CAMPAIGN_ARN": "arn",
    "STATE_MACHINE_ARN": "arn",
    "PUT_EVENTS_SERVICE": "put-events",
    "TOPIC_ARN": "arn",
    "LEDGER_PREFIX": "/ledger",
}
CLEAN_IMPORT = """
import importlib, json, sys
name, paths, event = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
sys.path[:] = [path for path in sys.path if "site-packages" not in path] + paths
handler = importlib.import_module(f"{name}.handler").handler
class Context:
    function_name = invoked_function_arn = aws_request_id = "x"
    memory_limit_in_mb = 1
    get_remaining_time_in_millis = staticmethod(lambda: 1000)
answer = handler(event, Context()) if event is not None else callable(handler)
foreign = {getattr(module, "__file__", None) or "" for key, module in sys.modules.items()}
assert not [file for file in foreign if "site-packages" in file], "something outside the package was imported"
print(json.dumps(answer))
"""
CALLS = {
    "put_events": ({"Records": []}, {"batchItemFailures": []}),
    "record_history": ({"Records": []}, {"batchItemFailures": []}),
}
BAD_REQUEST = ({"body": "{"}, None)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("packages")
    assert main(["--output", str(output)]) == 0
    return output


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the AWS SDK and nothing else of the environment."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME_MODULES:
        origin = Path(find_spec(name).origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / "sdk").mkdir(exist_ok=True)
        target = folder / "sdk" / source.name
        target.symlink_to(source)
    return folder / "sdk"


@pytest.mark.parametrize("name", NAMES)
def test_given_a_package_then_it_holds_its_function_and_nothing_that_does_not_belong(packages: Path, name: str) -> None:
    with zipfile.ZipFile(packages / f"{name}.zip") as archive:
        assert archive.testzip() is None
        paths = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert paths == sorted(paths)
    assert f"{name}/handler.py" in paths
    tops = {path.split("/")[0] for path in paths if ".dist-info/" not in path}
    assert tops == {name, "animal_recommender", "aws_lambda_powertools", "typing_extensions.py"}
    assert not [path for path in paths if path.endswith((".so", ".pyc")) or "event_handler" in path]
    assert (packages / f"{name}.zip").stat().st_size < MAX_BYTES


def test_given_only_what_is_imported_then_serving_has_no_stream_code(packages: Path) -> None:
    with zipfile.ZipFile(packages / "recommend.zip") as archive:
        assert not {"animal_recommender/stream_batches.py", "animal_recommender/events.py"} & set(archive.namelist())


@pytest.mark.parametrize("name", NAMES)
def test_given_a_clean_process_then_the_package_works_alone(
    packages: Path, runtime: Path, tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(packages / f"{name}.zip") as archive:
        archive.extractall(tmp_path)
    serving = name in ("recommend", "rerank", "get_history")
    event, expected = CALLS.get(name, BAD_REQUEST if serving else (None, True))

    run = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            CLEAN_IMPORT,
            name,
            json.dumps([str(tmp_path), str(runtime)]),
            json.dumps(event),
        ],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    *written, answer = map(json.loads, run.stdout.splitlines())
    assert answer == expected or (serving and answer["statusCode"] == 400)
    dimensions = [line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for line in written if "_aws" in line]
    assert dimensions == ([[["service"]]] if event else []), "each alarm asks for the dimension service alone"


def test_given_a_second_build_then_the_bytes_are_the_same(packages: Path, tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path)]) == 0

    built, again = ({path.name: path.read_bytes() for path in folder.glob("*.zip")} for folder in (packages, tmp_path))
    assert built == again
    assert set(built) == {f"{name}.zip" for name in NAMES}


def test_given_files_touched_then_the_zip_does_not_change(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("a = 1\n")
    write_zip(tmp_path / "1.zip", {"b/a.py": source, "a.py": source})
    source.chmod(0o755)
    write_zip(tmp_path / "2.zip", {"a.py": source, "b/a.py": source})

    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_given_an_unknown_function_then_the_legal_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["put_event"]) == 2

    assert "put_events" in capsys.readouterr().err


def test_given_a_zip_of_no_function_then_a_whole_build_removes_it(packages: Path) -> None:
    (packages / "gone.zip").write_bytes(b"")

    assert main(["--output", str(packages)]) == 0

    assert not (packages / "gone.zip").exists()


def test_given_a_package_too_large_then_the_build_fails_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(package, "MAX_BYTES", 1000)

    assert main(["recommend", "--output", str(tmp_path)]) == 1

    assert "recommend.zip" in capsys.readouterr().err


def test_given_a_function_that_imports_another_then_the_build_fails(tmp_path: Path) -> None:
    for name, source in {"one": "import two.handler\n", "two": ""}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "handler.py").write_text(source)

    with pytest.raises(TaskError, match="one imports two"):
        package.collect_files("one", tmp_path, tmp_path / "vendored")


def test_given_a_locked_package_then_its_used_parts_and_licence_are_packed_and_compiled_code_is_told(
    locked: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements, cache = locked
    functions = requirements.parent
    (functions / "f").mkdir()
    (functions / "f" / "handler.py").write_text("import lib")
    monkeypatch.setattr(package, "FUNCTIONS", functions)
    vendored = unpack(requirements, Target("python3.13", "arm64"), cache)

    assert list(package.collect_files("f", functions, vendored)) == [
        "f/handler.py",
        "lib/__init__.py",
        "lib/fast.cpython-313-aarch64.so",
        "lib-1.dist-info/LICENSE",
    ]
    line = package.build("f", Target("python3.13", "arm64"), functions, vendored)
    assert "COMPILED for python3.13 arm64: lib/fast.cpython-313-aarch64.so" in line


def test_given_the_lockfile_then_every_requirement_is_pinned_with_its_hash() -> None:
    lines = (FUNCTIONS / "requirements.txt").read_text().splitlines()
    pinned = [line for line in lines if "==" in line and not line.startswith("#")]
    assert pinned
    assert all(lines[lines.index(line) + 1].strip().startswith("--hash=sha256:") for line in pinned)


def test_given_the_zips_then_they_need_no_name_that_a_stand_in_lacks(packages: Path) -> None:
    stand_ins = {path.stem: path for path in package.STAND_INS.glob("*.py")}
    needed: dict[str, set[str]] = {name: set() for name in stand_ins}
    for archive in packages.glob("*.zip"):
        with zipfile.ZipFile(archive) as contents:
            for path in contents.namelist():
                if path.endswith(".py"):
                    for node in ast.walk(ast.parse(contents.read(path))):
                        if isinstance(node, ast.ImportFrom) and node.module in stand_ins and not node.level:
                            needed[node.module] |= {alias.name for alias in node.names}
    for module, names in needed.items():
        assert names <= set(runpy.run_path(str(stand_ins[module]))["__all__"]), module
        assert names, f"{module} is not needed any more"
