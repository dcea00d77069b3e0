"""Mails are stored as files and read back, oldest first."""

import threading
from pathlib import Path

from local_aws.sns.mailbox import Mailbox


def test_mails_are_read_back_oldest_first_and_deleted(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for subject in ("first", "second"):
        mailbox.put(to="ops@example.com", subject=subject, body="b", source="arn")
    assert [mail["subject"] for mail in mailbox.mails()] == ["first", "second"]
    mailbox.clear()
    assert mailbox.mails() == []


def test_given_a_mail_that_is_being_written_when_read_then_only_whole_mails_are_seen(tmp_path: Path) -> None:
    mailbox, body = Mailbox(tmp_path), "x" * 200_000
    writer = threading.Thread(
        target=lambda: [mailbox.put(to="a@b", subject="s", body=body, source="arn") for _ in range(30)]
    )
    writer.start()
    while writer.is_alive():
        assert all(mail["body"] == body for mail in mailbox.mails())
    assert len(mailbox.mails()) == 30
