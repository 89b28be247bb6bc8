"""What belongs to a case though its rows name an account, a person, a meeting or a receipt instead of it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from sqlalchemy import insert
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from store.accounts import add_account
from store.archive_records import records_of
from store.customer_marks import CustomerMark, add_mark
from store.record import record
from store.session import Database
from store.staff import StaffMember, add
from store.tables import (
    CaseRow,
    DelegationRow,
    MeetingDecisionRow,
    MeetingRow,
    WriteOffRow,
    WriteOffVerdictRow,
)
from tests.store.samples import after, at, lease, new_case, opening

NOON = at(3, 3, 4)
WHO = {"actor_user": "u-1", "actor_role": "risk", "authority": "x", "at": NOON}


def put(session: Session, row: type[SQLModel], **values: object) -> None:
    session.connection().execute(insert(row), [values])


def meeting(session: Session, number: str, about: str) -> None:
    head = {"id": number, "key": number, "kind": "review", "policy_id": "leasing", "role": "risk", "title": "x"}
    more = {"day": date(2026, 3, 3), "agenda": "[]", "participants": "u-1", "entered_by": "u-1", "at": NOON}
    put(session, MeetingRow, **head, **more)
    body = json.dumps({"case_no": about}, separators=(",", ":"))
    rest = {"actor_user": "u-1", "actor_role": "risk", "at": NOON}
    put(session, MeetingDecisionRow, meeting=number, no=1, key=number, body=body, status="done", **rest)


def test_rows_of_the_account_its_people_meetings_and_those_who_acted(database: Database) -> None:
    case = after(new_case(), opening())
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", opening(), case)
        add(session, StaffMember(id="u-1", login="u-1", name="职员", password_hash="secret", roles=("risk",)))
        mark = {"key": "m", "party_id": "P1", "kind": "new_business", "value": "stopped", "reason": "x", "at": NOON}
        add_mark(session, CustomerMark.model_validate({**mark, "actor_user": "u-1", "actor_role": "risk"}))
        meeting(session, "meeting-1", "L-1-1")
        meeting(session, "meeting-2", "L-1-11")
        put(session, WriteOffRow, id="w-1", account_no="L-1", amount=Decimal("1.00"), currency="CNY", reason="x",
            document="att-1", **WHO)  # fmt: skip
        put(session, WriteOffVerdictRow, write_off="w-1", seq=1, verdict="refused", reason="x", **WHO)
        put(session, DelegationRow, id="d-1", from_user="u-2", to_user="u-1", role="risk", begins=NOON, ends=NOON,
            given_by="u-2", given_at=NOON, reason="x")  # fmt: skip
        row = session.get(CaseRow, "L-1-1")
        assert row is not None
        found = records_of(session, row)
    assert [one["key"] for one in found["customer_mark"]] == ["m"]
    assert [one["id"] for one in found["meeting"]] == ["meeting-1"]
    assert [one["verdict"] for one in found["write_off_verdict"]] == ["refused"]
    assert [one["id"] for one in found["delegation"]] == ["d-1"]
    assert [sorted(one) for one in found["staff"]] == [sorted(set(StaffMember.model_fields) - {"password_hash"})]
    assert not {"suspense", "suspense_act", "audit_entry"} & found.keys()
