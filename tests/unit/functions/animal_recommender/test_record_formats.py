"""Every form in which producers write events gives the same documents; anything else is named."""

import base64
import bz2
import gzip
import hashlib
import json
import lzma
import zlib
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from animal_recommender.record_formats import MAX_EVENT_BYTES, MAX_EVENTS, MAX_UNPACKED_BYTES, find_documents
from animal_recommender.validation import ValidationError

ONE, TWO = {"userId": "ann", "n": 1}, {"userId": "bob", "é": "ü"}


def text(*values: Any, separator: str = "\n", **options: Any) -> bytes:
    return separator.join(json.dumps(value, ensure_ascii=False, **options) for value in values).encode()


def packed(data: bytes) -> bytes:
    """gzip without a time: parts of the data are names of tests, which must be the same in every process."""
    return gzip.compress(data, mtime=0)


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
        packed(text(ONE, TWO)),
        packed(text(ONE)) + packed(text(TWO)),
        packed(b"\xef\xbb\xbf" + text([ONE, TWO])),
        kpl(text(ONE), text(TWO)),
        kpl(text(ONE, TWO)),
        kpl(packed(text(ONE)), b"\xef\xbb\xbf" + text([TWO])),
        packed(kpl(text(ONE), text(TWO))),
        text(ONE, TWO, separator=","),
        text(ONE, TWO, separator=" ,\n") + b",\n",
        b"\x1e" + text(ONE, TWO, separator="\n\x1e") + b"\n",
        b"\xef\xbb\xbf" + text(ONE) + b"\n\xef\xbb\xbf" + text(TWO),
    ],
    ids=lambda data: repr(data[:4]),
)
def test_given_any_usual_form_of_two_events_then_both_are_found_in_order(data: bytes) -> None:
    assert find_documents(data) == [ONE, TWO]


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text() | st.none()), min_size=1, max_size=5))
def test_given_any_objects_then_every_form_gives_them_back(values: list[dict[str, Any]]) -> None:
    lines = "\n".join(json.dumps(value) for value in values).encode()
    assert (
        find_documents(lines) == find_documents(json.dumps(values).encode()) == find_documents(packed(lines)) == values
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
        (packed(b""), "empty"),
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
        (zlib.compress(text(ONE), level=3), "zlib"),
        (lzma.compress(text(ONE)), "xz"),
        (packed(packed(text(ONE))), "gzip-in-gzip"),
        (zlib.compress(text(ONE), wbits=-15), "not-utf-8"),
        (b"\x82\xa6userId\xa3ann\xa1n\x01", "msgpack"),
        (base64.b64encode(base64.b64encode(text(ONE))), "base64"),
        (base64.b64encode(base64.b64encode(base64.b64encode(packed(text(ONE))))), "base64"),
        (base64.encodebytes(text(ONE) * 9), "base64"),
        (base64.b64encode(text(ONE)) + b"\n" + base64.b64encode(text(TWO)), "base64"),
        (b"userId=ann&eventType=Detail%20View", "url-encoded"),
        (quote(text(ONE)).encode(), "url-encoded"),
        (b"userId: ann\neventType: DetailView", "not-json"),
        (b"ann,DetailView,1", "not-json"),
        (b"eventdata", "not-json"),
        (b"\x00", "nul-byte"),
        (bz2.compress(text(ONE)), "bzip2"),
        (b"\x28\xb5\x2f\xfd\x00\xff", "zstandard"),
        (base64.b64encode(text(ONE)), "base64"),
        (base64.b64encode(packed(text(ONE))), "base64"),
        (b"<event/>", "markup"),
        (packed(text(ONE))[:-9], "gzip-corrupt"),
        (b"\x1f\x8b nothing", "gzip-corrupt"),
        (kpl(text(ONE))[:-1], "kpl-corrupt"),
        (b"\xf3\x89\x9a\xc2", "kpl-corrupt"),
        (text({"pad": "x" * MAX_EVENT_BYTES}), "too-large"),
        (packed(b" " * (MAX_UNPACKED_BYTES + 1)), "too-large"),
    ],
    ids=lambda value: repr(value[:4]),  # behind that, gzip has the time, and every worker must find the same ids
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


@pytest.mark.parametrize("empty", [b"{}", b"[]", b"1", b'"a"', b"{\n"])
@pytest.mark.parametrize("count", [MAX_EVENTS + 1, 500_000])
def test_given_more_events_than_a_record_may_have_then_it_is_refused_as_a_whole(empty: bytes, count: int) -> None:
    for data in (b"\n".join([empty] * count), b"[" + b",".join([empty] * count) + b"]"):
        (error,) = find_documents(data)
        assert error.reason in (("not-json", "too-many") if empty == b"{\n" else ("too-many",))


def test_given_ten_megabytes_of_empty_objects_then_they_are_not_even_read() -> None:
    (error,) = find_documents(b"{}" * 5_000_000)

    assert error.reason == "too-many"


def test_given_as_many_events_as_a_record_may_have_then_all_are_found() -> None:
    assert find_documents(text(*[ONE] * MAX_EVENTS)) == [ONE] * MAX_EVENTS


def test_given_a_nul_byte_after_an_event_then_the_event_is_found_and_the_byte_is_named() -> None:
    for data in (text(ONE) + b"\0", text(ONE) + b"\0\0\0\0"):
        assert find_documents(data)[0] == ONE
        assert reasons(data) == ["nul-byte"]


def test_given_broken_documents_of_a_sequence_then_the_others_are_found() -> None:
    found = find_documents(b"\x1e" + text(ONE) + b"\n\x1e{broken\n\x1e" + text(TWO))
    assert [found[0], found[2]] == [ONE, TWO]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"ann,DetailView,1", "such as CSV"),
        (b'{"a": NaN}', "error further on"),
        (text(ONE) + b", nothing", "comma between documents"),
        (zlib.compress(text(ONE) * 9, wbits=-15), "binary of an unknown format"),
        ("é".encode("latin-1"), "another encoding"),
    ],
    ids=["csv", "nan", "comma", "deflate", "latin-1"],
)
def test_given_a_text_of_no_known_format_then_the_message_says_what_it_looks_like(data: bytes, words: str) -> None:
    assert words in str(find_documents(data)[-1])
