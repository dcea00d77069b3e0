"""Every form in which producers write events gives the same documents; anything else is named."""

import base64
import bz2
import gzip
import hashlib
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from animal_recommender.record_formats import MAX_EVENT_BYTES, MAX_UNPACKED_BYTES, find_documents
from animal_recommender.validation import ValidationError

ONE, TWO = {"userId": "ann", "n": 1}, {"userId": "bob", "é": "ü"}


def text(*values: Any, separator: str = "\n", **options: Any) -> bytes:
    return separator.join(json.dumps(value, ensure_ascii=False, **options) for value in values).encode()


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def kpl(*records: bytes) -> bytes:
    """An aggregate as the KPL writes it, with partition keys, explicit hash keys and tags."""
    body = field(1, b"key") + field(2, b"123")
    for record in records:
        tag = field(4, field(1, b"tag") + field(2, b"value"))
        body += field(3, varint(1 << 3) + varint(0) + varint(2 << 3) + varint(0) + field(3, record) + tag)
    return b"\xf3\x89\x9a\xc2" + body + hashlib.md5(body).digest()


@pytest.mark.parametrize(
    "data",
    [
        text(ONE, TWO),
        text(ONE, TWO, separator="\r\n"),
        text(ONE, TWO, separator=""),
        b"\n\n" + text(ONE, TWO, separator=" \n\n ") + b"\n",
        text(ONE, TWO, indent=2),
        text([ONE, TWO]),
        text([ONE], [TWO]),
        b"\xef\xbb\xbf" + text(ONE, TWO),
        gzip.compress(text(ONE, TWO)),
        gzip.compress(text(ONE)) + gzip.compress(text(TWO)),
        gzip.compress(b"\xef\xbb\xbf" + text([ONE, TWO])),
        kpl(text(ONE), text(TWO)),
        kpl(text(ONE, TWO)),
        kpl(gzip.compress(text(ONE)), b"\xef\xbb\xbf" + text([TWO])),
        gzip.compress(kpl(text(ONE), text(TWO))),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_given_any_usual_form_of_two_events_then_both_are_found_in_order(data: bytes) -> None:
    assert find_documents(data) == [ONE, TWO]


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text() | st.none()), min_size=1, max_size=5))
def test_given_any_objects_then_every_form_gives_them_back(values: list[dict[str, Any]]) -> None:
    lines = "\n".join(json.dumps(value) for value in values).encode()
    assert (
        find_documents(lines)
        == find_documents(json.dumps(values).encode())
        == find_documents(gzip.compress(lines))
        == values
    )
    assert find_documents(kpl(*(json.dumps(value).encode() for value in values))) == values


def reasons(data: bytes) -> list[str]:
    return [one.reason for one in find_documents(data) if isinstance(one, ValidationError)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (gzip.compress(b""), "empty"),
        (kpl(), "empty"),
        (b"[]", "empty"),
        (b"{nonsense", "not-json"),
        (b'{"a": NaN}', "not-json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not-json"),
        (b'{"a":' * 100_000, "too-deep"),
        ("é".encode("latin-1"), "not-utf-8"),
        ('{"a": 1}'.encode("utf-16"), "utf-16"),
        ('{"a": 1}'.encode("utf-16-be"), "utf-16"),
        ('{"a": 1}'.encode("utf-32"), "utf-32"),
        (zlib.compress(text(ONE)), "zlib"),
        (bz2.compress(text(ONE)), "bzip2"),
        (b"\x28\xb5\x2f\xfd\x00\xff", "zstandard"),
        (base64.b64encode(text(ONE)), "base64"),
        (base64.b64encode(gzip.compress(text(ONE))), "base64"),
        (b"<event/>", "markup"),
        (gzip.compress(text(ONE))[:-9], "gzip-corrupt"),
        (b"\x1f\x8b nothing", "gzip-corrupt"),
        (kpl(text(ONE))[:-1], "kpl-corrupt"),
        (b"\xf3\x89\x9a\xc2", "kpl-corrupt"),
        (text({"pad": "x" * MAX_EVENT_BYTES}), "too-large"),
        (gzip.compress(b" " * (MAX_UNPACKED_BYTES + 1)), "too-large"),
    ],
)
def test_given_anything_else_then_the_reason_names_it(data: bytes, reason: str) -> None:
    assert reasons(data) == [reason]


def test_given_a_kpl_body_that_is_no_aggregate_then_it_is_refused() -> None:
    body = b"\x1a\xff\xff\xff\xff\x0f"
    assert reasons(b"\xf3\x89\x9a\xc2" + body + hashlib.md5(body).digest()) == ["kpl-corrupt"]


def test_given_a_broken_line_between_good_ones_then_only_it_is_refused() -> None:
    found = find_documents(text(ONE) + b"\n{broken\n" + text(TWO))
    assert [found[0], found[2]] == [ONE, TWO]
    assert reasons(text(ONE) + b"\n{broken\n" + text(TWO)) == ["not-json"]


def test_given_a_broken_document_over_several_lines_then_its_lines_are_no_events() -> None:
    broken = json.dumps({"events": [ONE, TWO]}, indent=1)[:-2].encode()
    assert reasons(broken) == ["not-json"]
    assert len(find_documents(broken)) == 1


def test_given_a_large_event_beside_a_small_one_then_only_it_is_refused() -> None:
    found = find_documents(text({"pad": "é" * MAX_EVENT_BYTES}, ONE))
    assert found[1] == ONE
    assert isinstance(found[0], ValidationError)
    assert found[0].reason == "too-large"
