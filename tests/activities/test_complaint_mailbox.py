"""Complaints by mail: a real mail server writes them into a folder, the worker takes each of them once (B4.2.2a)."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from activities.complaint_mailbox import ComplaintMailbox
from activities.registry import Policies
from domain.clock import BusinessClock
from domain.complaint import ComplaintChannel
from domain.ledger import PartyRole
from gateways.inbound_mail import MOST_BYTES, read_mail
from store import accounts, calendar, complaints, documents
from store.complaints import ComplaintRecord
from store.session import Database
from store.tables import CaseRow
from store.views import NewAccount, Party
from tests.builders.files import PDF
from tests.builders.ladders import ROOT


class Post:
    """A mail server on this machine, its folder, and the worker's mailbox over it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder / "mail", port
        self.database = Database(f"sqlite:///{folder / 'a.db'}")
        self.database.migrate()
        self.policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
        with self.database.session() as session:
            year = datetime.now(UTC).year
            calendar.fill(session, [year, year + 1], datetime.now(UTC))
        self.mailbox = ComplaintMailbox(self.database, self.policies, self.folder, BusinessClock())

    def send(self, message: EmailMessage) -> None:
        """Over SMTP, as anybody would."""
        with smtplib.SMTP("127.0.0.1", self.port) as server:
            server.send_message(message, "bounce@example.com", ["complaints@lender.example"])

    def raw(self, content: bytes, name: str = "1.M1.host") -> None:
        """A file as a mail system leaves it."""
        (self.folder / "new" / name).write_bytes(content)

    def register(self) -> tuple[ComplaintRecord, ...]:
        with self.database.reading() as session:
            return complaints.list_complaints(session).rows

    def files(self, part: str) -> int:
        return len(list((self.folder / part).iterdir()))

    def borrower(self, account_no: str, email: str, case_open: bool = True, party_id: str = "P-1") -> None:
        """An account of somebody with that address, and its case."""
        account = NewAccount(
            account_no=account_no, contract_no=account_no, created_at=datetime.now(UTC), schedule=(),
            parties=(Party(id=party_id, role=PartyRole.BORROWER, name="王某", email=email),),
        )  # fmt: skip
        case = {
            "case_no": f"{account_no}-1", "account_no": account_no, "ordinal": 1, "policy_id": "bank",
            "status": "open" if case_open else "closed", "policy_version": 1, "policy_sha256": "", "settings": "",
            "held": False, "next_why": "", "seq": 0, "ledger_version": 0, "snapshot": "", "writer": "", "rank": 0,
        }  # fmt: skip
        with self.database.session() as session:
            accounts.add_account(session, account)
            session.execute(insert(CaseRow).values(**case))


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[Post]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Mailbox(tmp_path / "mail"), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        post = Post(tmp_path, port)
        yield post
        post.database.close()
    finally:
        controller.stop()


def mail(text: str = "催收员深夜来电", sender: str = "王某 <Wang@Example.com>", **more: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, "complaints@lender.example"
    message["Subject"] = more.get("subject", "催收投诉")
    message["Message-ID"] = more.get("id", "<m1@example.com>")
    message.set_content(text)
    return message


def test_b4_2_2a_a_mail_over_smtp_becomes_one_complaint_with_its_files(mailing: Post) -> None:
    message = mail()
    message.add_attachment(PDF, maintype="application", subtype="octet-stream", filename="记录.pdf")
    message.add_attachment(b"MZ\x90", maintype="application", subtype="pdf", filename="fake.pdf")
    mailing.send(message)
    before = datetime.now(UTC) - timedelta(minutes=1)
    assert (mailing.mailbox.take(), mailing.mailbox.take()) == (1, 0)
    (found,) = mailing.register()
    channel: ComplaintChannel = "email"
    assert (found.channel, found.email, found.complainant) == (channel, "Wang@Example.com", "王某")
    assert found.text == "催收投诉\n\n催收员深夜来电\n\n(另有1个附件因类型或大小未保存)"
    assert before < found.received_at <= datetime.now(UTC)
    assert [one.clock for one in found.state.clocks] == ["response", "investigation"]
    with mailing.database.reading() as session:
        (file,) = [documents.get_attachment(session, one) for one in found.attachments]
    assert file is not None and (file.content, file.media_type, file.name) == (PDF, "application/pdf", "记录.pdf")
    assert (mailing.files("new"), mailing.files("cur")) == (0, 1)


def test_the_same_message_id_twice_is_one_complaint_and_somebody_elses_is_another(mailing: Post) -> None:
    mailing.send(mail())
    mailing.send(mail("催收员深夜来电\n-- \nfooter of a relay"))
    mailing.send(mail("别的事", sender="li@example.com"))
    assert mailing.mailbox.take() == 3
    assert [one.email for one in mailing.register()] == ["Wang@Example.com", "li@example.com"]
    mailing.send(mail())
    mailing.mailbox.take()
    assert (len(mailing.register()), mailing.files("new")) == (2, 0)


def test_the_address_of_the_sender_leads_to_the_one_open_case(mailing: Post) -> None:
    mailing.borrower("L-1", "wang@example.com")
    mailing.borrower("L-2", "wang@example.com", case_open=False)
    mailing.send(mail())
    mailing.mailbox.take()
    (found,) = mailing.register()
    assert (found.case_no, found.account_no, found.party_id) == ("L-1-1", "L-1", "P-1")


def test_with_two_open_cases_or_a_strangers_address_a_person_looks_for_the_case(mailing: Post) -> None:
    for number in (1, 2):
        mailing.borrower(f"L-{number}", "wang@example.com")
    mailing.send(mail())
    mailing.send(mail(sender="nobody@example.com", id="<m2@example.com>"))
    mailing.mailbox.take()
    known, stranger = mailing.register()
    assert (known.case_no, known.party_id) == (None, "P-1")
    assert (stranger.case_no, stranger.party_id) == (None, None)


def test_a_database_that_takes_nothing_leaves_the_mail_where_it_is(mailing: Post, tmp_path: Path) -> None:
    mailing.send(mail())
    empty = Database(f"sqlite:///{tmp_path / 'without_tables.db'}")
    with pytest.raises(DBAPIError):
        ComplaintMailbox(empty, mailing.policies, mailing.folder, BusinessClock()).take()
    assert mailing.files("new") == 1
    assert mailing.mailbox.take() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff\xfe not a mail at all", b"From: \xff\xfe\n\n\x00text", b"Subject: =?bogus?q?x?=\n\ntext",
        b"Content-Type: multipart/mixed\n\nno boundary", b"From: a@b@c\nMessage-ID: <\n\nx",
        b"Content-Type: text/plain; charset=nonsense\nFrom: a@example.com\n\nhello",
        b"From: a@example.com\nContent-Type: text/html\n\n<script>bad()</script><p>words</p>",
    ],
)  # fmt: skip
def test_whatever_arrives_is_a_complaint_somebody_sees(mailing: Post, content: bytes) -> None:
    mailing.raw(content)
    assert mailing.mailbox.take() == 1
    (found,) = mailing.register()
    assert found.text and "\x00" not in found.text and "bad()" not in found.text


def test_a_mail_that_is_too_long_is_taken_in_part() -> None:
    head = b"From: a@example.com\nMessage-ID: <big@example.com>\nSubject: s\n\n"
    found = read_mail(head + b"x" * MOST_BYTES)
    assert (found.sender, found.message_id, found.cut, len(found.text)) == (
        "a@example.com", "<big@example.com>", True, 19_000,
    )  # fmt: skip


async def test_the_worker_watches_the_folder_until_it_is_told_to_stop(mailing: Post) -> None:
    stop = asyncio.Event()
    watching = asyncio.create_task(mailing.mailbox.watch(stop, pause=0.01))
    mailing.raw(mail().as_bytes())
    for _ in range(500):
        if mailing.register():
            break
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(watching, 5)
    assert len(mailing.register()) == 1


def test_a_link_in_the_folder_is_not_followed(mailing: Post, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("Subject: secret\n\nsecret")
    (mailing.folder / "new").mkdir(parents=True, exist_ok=True)
    (mailing.folder / "new" / "1.host").symlink_to(tmp_path / "secret")
    assert mailing.mailbox.take() == 0
