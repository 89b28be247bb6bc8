"""A case written down in a file: the account, what was paid, holds, people's answers and settings (docs/formats.md)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from domain.base import Frozen, at_local, days, zone
from domain.errors import Invalid, Problem
from domain.ledger import DoneStep, HoldFact, Instalment, PartyFact, PostingKind
from domain.money import ZERO
from domain.policy import Bucket, SettingValue
from domain.policy_file import Source
from domain.scenario import PlannedCommand, Scenario, ScenarioAccount, ScenarioPosting, StaffAnswer
from domain.terms import Allocation, Terms

Amount = Annotated[Decimal, Field(ge=0, decimal_places=2)]
NOON = time(12)


class FileInstalment(Frozen):
    """One rent: `amount`, or `principal` and `interest`; `no` is by default its place in the list."""

    no: int | None = None
    due: date
    amount: Amount | None = None
    principal: Amount | None = None
    interest: Amount = ZERO


class FilePosting(Frozen):
    """A money movement: `value_date` the day it counts for, `at` when it became known; one of them is enough."""

    id: str | None = None
    at: datetime | None = None
    value_date: date | None = None
    kind: PostingKind = PostingKind.PAYMENT
    amount: Amount = ZERO
    reverses: str | None = None


class FileAccount(Frozen):
    """The lease or loan as the file says it."""

    account_no: str = "account"
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    lease_amount: Amount = ZERO
    penalty_rate_per_day: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    schedule: tuple[FileInstalment, ...]
    parties: tuple[PartyFact, ...] = ()
    history: tuple[DoneStep, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    first_seen: datetime | None = None


class Overrides(Frozen):
    """What this file settles differently from the policy; `policy` holds settings that the policy declares."""

    grace_days: Annotated[int, Field(ge=0)] | None = None
    holds: Literal["run_on", "stop_clock"] | None = None
    allocation: tuple[Allocation, ...] | None = None
    vendor_advance_cures: bool | None = None
    cure_includes_current_penalty: bool | None = None
    tolerance: Amount | None = None
    returned_payment: Literal["original_due", "return_date"] | None = None
    next_due: Literal["upcoming", "earliest_unpaid"] = "upcoming"
    buckets: tuple[Bucket, ...] | None = None
    policy: dict[str, SettingValue] = Field(default_factory=dict[str, SettingValue])

    def terms(self, base: Terms) -> Terms:
        """How the ledger is read: the policy's terms with what is given here."""
        given = self.model_dump(include=set(Terms.model_fields), exclude_none=True)
        return base.model_copy(update=given)


class CaseFile(Frozen):
    """All of one file. `standing` reads account, postings and settings; `simulate` everything."""

    title: str = ""
    until: datetime | None = None
    account: FileAccount
    postings: tuple[FilePosting, ...] = ()
    staff_answers: tuple[StaffAnswer, ...] = ()
    commands: tuple[PlannedCommand, ...] = ()
    settings: Overrides = Overrides()

    def scenario(self) -> Scenario:
        """The same as the simulator plays it; without `until` for 90 days from the first due date."""
        account = self.account
        given = account.model_dump(exclude={"schedule"}) | {"schedule": _schedule(account.schedule)}
        first = min(instalment.due for instalment in account.schedule)
        until = self.until or at_local(first + days(90), NOON, account.time_zone)
        return Scenario(
            title=self.title,
            until=until,
            account=ScenarioAccount.model_validate(given),
            postings=tuple(_posting(p, n, account.time_zone) for n, p in enumerate(self.postings, start=1)),
            staff_answers=self.staff_answers,
            commands=self.commands,
        )


def _schedule(rows: tuple[FileInstalment, ...]) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(
            no=row.no or number,
            due=row.due,
            principal=row.principal if row.principal is not None else row.amount or ZERO,
            interest=row.interest,
        )
        for number, row in enumerate(rows, start=1)
    )


def _posting(row: FilePosting, number: int, tz: str) -> ScenarioPosting:
    at = row.at
    if at is None and row.value_date is not None:
        at = at_local(row.value_date, NOON, tz)
    if at is None:
        raise ValueError("a posting without any date passed the checks")
    local = at.astimezone(zone(tz)) if at.tzinfo else at
    return ScenarioPosting(
        id=row.id or f"posting-{number}",
        at=at,
        value_date=row.value_date or local.date(),
        kind=row.kind,
        amount=row.amount,
        reverses=row.reverses,
    )


def parse_case_file(source: Source) -> CaseFile:
    """The file in its form; whether it makes sense is checked by `case_check`. Raises Invalid with every fault."""
    if not isinstance(source.data, dict):
        raise Invalid([Problem(f"{source.name}:1", "the file is empty or not a mapping", "start with account:")])
    try:
        return CaseFile.model_validate(source.data)
    except ValidationError as fault:
        problems = [_problem(source, error["loc"], error["type"], error["msg"]) for error in fault.errors()]
        raise Invalid(list(dict.fromkeys(problems))) from None


REMEDIES = {
    "missing": "add it",
    "extra_forbidden": "docs/formats.md lists the words a file may use: correct or remove it",
    "greater_than_equal": "an amount or a number of days that is not negative",
    "decimal_max_places": 'an amount with at most two decimals, best in quotes: "1234.50"',
    "decimal_parsing": 'an amount without separators or currency, best in quotes: "1234.50"',
    "date_from_datetime_parsing": "a day like 2026-03-02",
    "datetime_from_date_parsing": "a time like 2026-03-02T09:00, or with zone 2026-03-02T09:00:00+08:00",
}


def _problem(source: Source, path: tuple[str | int, ...], kind: str, message: str) -> Problem:
    where = " / ".join(str(part) for part in path)
    return Problem(source.place(path), f"{where}: {message}", REMEDIES.get(kind, "correct the value"))
