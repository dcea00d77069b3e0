"""Rows of imported data, and answers to queries."""

import pytest

from scripts.operate.forget_user.person import EXACT, Login, Person
from scripts.operate.forget_user.tables import names_person, personalize_ids, without_rows, without_users


def person(user: str = "42") -> Person:
    logins = {"own": [Login("t1", True, EXACT)], "shared": [Login("t1", True, EXACT), Login("t2", False, EXACT)]}
    return Person(user, logins, ["own", "shared"])


def test_given_sessions_then_personalize_deletes_only_those_that_nobody_else_used() -> None:
    assert personalize_ids(person()) == {"42", "session#own"}


def test_given_imported_data_then_only_the_persons_rows_go_whatever_else_looks_like_them() -> None:
    content = b'ITEM_ID,USER_ID,X\n42,1,42\n7,42,"a,b"\n7,own,1\n7,session#own,1\n7,session#shared,"c,d"\n8\n'
    assert without_rows(person(), content) == b'ITEM_ID,USER_ID,X\n42,1,42\n7,own,1\n7,session#shared,"c,d"\n8\n'


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (b"42\r\n421\n 42 \n7", b"421\n7"),
        (b'{"userId": "42"}\n{"userId": "7"}\n', b'{"userId": "7"}\n'),
        (b'{"input": {"userId": "7"}, "output": {"recommendedItems": ["42"]}}\n' * 2, None),
        (b'{"input": {"userId": "42"}, "output": null, "error": "no"}\n', b""),
        (b"[42]\nnull\n", None),
        (b"", None),
    ],
)
def test_given_files_of_a_batch_then_only_the_persons_lines_go(content: bytes, left: bytes | None) -> None:
    assert without_users(person(), content) == (content if left is None else left)


@pytest.mark.parametrize("content", [b"", b"ITEM_ID\n42\n", b'USER_ID\r\n"1"\r\n'])
def test_given_nothing_of_the_person_then_a_file_stays_as_it_is(content: bytes) -> None:
    assert without_rows(person(), content) == content


@pytest.mark.parametrize(
    ("user", "content", "expected"),
    [
        ("42", "user_id,views\n1,42\n", False),
        ("42", "userId,views\n42,7\n", True),
        ("42", "breed,views\nPug,42\n", False),
        ("42", "happened_at,session_id\n2025,own\n", True),
        ("42", "happened_at,session_id\n2025,42\n", False),
        ("77345", "who,views\n77345,1\n", True),
        ("77345", "user_id,animal_id\n1,77345\n", False),
        ("42", "", False),
    ],
)
def test_given_an_answer_then_its_columns_tell_whom_it_names(user: str, content: str, expected: bool) -> None:
    assert names_person(person(user), content.encode()) is expected
