"""All Lambda packages: what is in them, that they are reproducible, and that each works alone."""

import ast
import json
import runpy
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts.generate import package
from scripts.generate.package import MAX_BYTES, function_names, main

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
    "EVENT_TYPES": '["DetailView"]',
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
    "PAUSE_AFTER_REJECTIONS": "3",
    "PUBLISHER": "publish",
    "STREAM_NAME": "events",
    "USER_CLAIM": "sub",
    "VISITOR_KEY_ID": "arn",
    "PETS_TABLE": "pets",
    "EXPERIMENTS_PARAMETER": "experiments",
    "SHARES_PARAMETER": "experiment-shares",
    "RAW_BUCKET": "raw",
    "WORKGROUP": "workgroup",
    "QUERY_IDS": "{}",
    "FUNCTION_NAMES": "{}",
    "PETS_BUCKET": "pets",
    "AGE_LIMITS": "[1, 3, 7, 10]",
    "LONG_WAITING_DAYS": "60",
    "LONG_WAITING_SHARE": "0.2",
    "APPLICATION_EVENT_TYPES": "[]",
    "ITEMS_DATASET_ARN": "arn",
    "SEED_BUCKET": "seed",
    "SEED_ITEMS_KEY": "seed/items.csv",
    "BUCKET": "seed",
    "ROLE_ARN": "arn",
    "JOB_PREFIX": "batch-",
    "RESULTS": "25",
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
    "normalize_events": ({"records": []}, {"records": []}),
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
    serving = name in ("recommend", "rerank", "get_history", "put_pets")
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


def test_given_a_zip_of_no_function_then_a_whole_build_removes_it(packages: Path) -> None:
    (packages / "gone.zip").write_bytes(b"")

    assert main(["--output", str(packages)]) == 0

    assert not (packages / "gone.zip").exists()


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
