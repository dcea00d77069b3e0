"""The files of batch jobs: a line of JSON for each query, and a line for each answer.

Source: developer guide, "Batch inference job output examples": `{"input": ..., "output": ..., "error": ...}`.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from local_aws.personalize.data.s3_files import read_files, write_file
from local_aws.personalize.errors import JobFailedError, ServiceError
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.service import Service
from local_aws.personalize.strict_json import parse_json

Query = dict[str, Any]
Answer = dict[str, Any] | ServiceError
"""The output for a query, or why there is none."""


def answer_lines(service: Service, job: Resource, answer_all: Callable[[Sequence[Query]], Iterable[Answer]]) -> None:
    """Read the input of a job, and write the answers, in the order of the queries, beside its output path.

    Raises:
        JobFailedError: A file cannot be read or written, or a line is not a JSON object.
    """
    s3 = service.s3_for(job)
    source, destination = job["jobInput"]["s3DataSource"], job["jobOutput"]["s3DataDestination"]
    service.use_keys_of(job, source=source.get("kmsKeyArn"), destination=destination.get("kmsKeyArn"))
    for key, content in read_files(s3, source["path"]):
        queries = _read_queries(key, content)
        lines = [_line(*pair) for pair in zip(queries, answer_all(queries), strict=True)]
        name, written = f"{key.rsplit('/', 1)[-1]}.out", "".join(lines).encode()
        write_file(s3, destination["path"], name, written, destination.get("kmsKeyArn"))


def _read_queries(key: str, content: bytes) -> list[Query]:
    queries = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            query = parse_json(line)
        except ValueError:
            query = None
        if not isinstance(query, dict):
            raise JobFailedError(f"{key}: line {number} is not a JSON object")
        queries.append(query)
    return queries


def _line(query: Query, answer: Answer) -> str:
    if isinstance(answer, ServiceError):
        return json.dumps({"input": query, "output": None, "error": answer.message}) + "\n"
    return json.dumps({"input": query, "output": answer, "error": None}) + "\n"
