"""Takes the report of a breach or of a sudden event: which case or duty it opens, and whether it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from activities.duty_errands import LayerLook, duty_errand, told
from activities.moving import named
from activities.registry import Policies
from domain.base import days, local_date
from domain.by_hand import must_be_reportable, must_have_begun
from domain.case import Case
from domain.duties import DutyRun, SubjectFacts
from domain.errors import Refused
from domain.evidence import ByHand
from domain.ladder import Ladder
from domain.layer import LayerInForce
from domain.moving import movers
from domain.standing import standing
from store import calendar, layers, staff
from store.account_facts import account_facts
from store.accounts import get_account
from store.assignment import subject_of
from store.cases import open_case_of
from store.documents import get_attachment
from store.errands import Errand, get_errand
from store.intake import may_have_a_case, next_ordinal
from store.session import Database

NEAR = days(75)  # of the calendar, on both sides


@dataclass(frozen=True)
class Reporting:
    """Where a report goes: to the open case of the account, if it has one, else under this policy."""

    open_case: str | None
    ladder: Ladder


def reporting(database: Database, policies: Policies, account_no: str, policy: str | None) -> Reporting:
    """Where a report goes. Refused: unknown_account, unknown_policy, already_open (under another policy)."""
    with database.reading() as session:
        assigned = policies.ladder_of(subject_of(session, account_no))
        open_case = open_case_of(session, account_no)
    chosen = named(policies, policy, None) if policy else assigned
    return Reporting(open_case, chosen)


def case_by_hand(database: Database, policies: Policies, account_no: str, report: ByHand, ladder: Ladder,
                 roles: Sequence[str], now: datetime) -> Case:  # fmt: skip
    """The new case that a report opens. roles: all of the person, for a policy other than the assigned one.

    Refused: unknown_account, not_for_this_account, not_entitled, not_on_demand, document_missing, since_impossible,
    unknown_attachment.
    """
    with database.reading() as session:
        account, assigned = get_account(session, account_no), policies.ladder_of(subject_of(session, account_no))
        if not may_have_a_case(session, account_no):
            remedy = "Release its import first, if it waits for that."
            raise Refused("not_for_this_account", f"{account_no} is closed or not released.", remedy)
        allowed = movers(assigned.policy)
        if ladder.policy.id != assigned.policy.id and not set(allowed) & set(roles):
            remedy = f"Allowed: {', '.join(allowed)}."
            raise Refused("not_entitled", f"Another policy than {assigned.policy.id} is not yours to choose.", remedy)
        must_be_reportable(ladder, report, local_date(now, account.time_zone))
        if report.evidence and get_attachment(session, report.evidence) is None:
            raise Refused("unknown_attachment", f"There is no attachment {report.evidence}.", "")
        ordinal = next_ordinal(session, account_no)
        history = account_facts(session, account_no).history if ordinal == 1 else ()
    return Case(
        case_no=f"{account_no}-{ordinal}",
        account_no=account_no,
        time_zone=account.time_zone,
        policy=policies.pin(ladder.policy.id, ladder.policy.version),
        settings=policies.company_sha,
        imported=tuple(done for done in history if done.step in ladder.by_id),
        by_hand=report,
    )


def open_duty(database: Database, policies: Policies, account_no: str, layer_id: str, report: ByHand,
              now: datetime) -> Errand:  # fmt: skip
    """The duty of a layer that a report opens, once per command (P4.4): with deadline and escalation like any other.

    Refused: unknown_account, unknown_duty, not_entitled, not_for_this_account, since_impossible, unknown_attachment.
    """
    with database.session() as session:
        account, ladder = get_account(session, account_no), policies.ladder_of(subject_of(session, account_no))
        layer = _layer(policies, layer_id, report, ladder)
        if not may_have_a_case(session, account_no):
            raise Refused("not_for_this_account", f"{account_no} is closed or not released.", "Name another account.")
        today = local_date(now, account.time_zone)
        must_have_begun(report.since, today)
        if report.evidence and get_attachment(session, report.evidence) is None:
            raise Refused("unknown_attachment", f"There is no attachment {report.evidence}.", "")
        near = calendar.calendar(session, ladder.policy.calendar).slice(today - NEAR, today + NEAR)
        look = LayerLook(layer, ladder.policy.id, ladder.terms, near, now, today, account.time_zone, ladder.close)
        stands = standing(account_facts(session, account_no), today, ladder.terms)
        facts = SubjectFacts("account", account_no, today, stands.dpd, stands.total_overdue, stands.delinquencies)
        run = DutyRun(duty=report.step, period=_mark(report.command_id), planned=today)
        errand = duty_errand(look, layer.duty(report.step), run, facts, account_no)
        asked = errand.model_copy(update={"say": _said(report), "occurrence": report.since})
        if layers.open_duty(session, asked, supersedes=False):
            for role in asked.roles:
                alert = told(look, asked, role, "请及时处理")
                staff.raise_alert(session, alert.model_copy(update={"key": f"{alert.key}/{run.period}"}))
        return get_errand(session, asked.id)


def _layer(policies: Policies, layer_id: str, report: ByHand, ladder: Ladder) -> LayerInForce:
    """The layer in force beside the policy of the account, and that it lets this role open this duty."""
    layer = policies.layers.get(layer_id)
    duty = next((one for one in layer.layer.duties if one.id == report.step), None) if layer else None
    if layer is None or duty is None or duty.on is None or not duty.on.by_hand or ladder.policy.id not in layer.beside:
        said = f"{layer_id} has no duty {report.step} that is opened by hand for accounts of {ladder.policy.id}."
        raise Refused("unknown_duty", said, "See the layers beside the policy of the account.")
    if report.actor.role not in duty.on.by_hand:
        allowed = ", ".join(duty.on.by_hand)
        raise Refused("not_entitled", f"{report.actor.role} may not open {duty.id}.", f"Allowed: {allowed}.")
    return layer


def _mark(command_id: str) -> str:
    return f"hand-{sha256(command_id.encode()).hexdigest()[:16]}"


def _said(report: ByHand) -> str:
    paper = f"（附件 {report.evidence}）" if report.evidence else ""
    return f"{report.since:%Y-%m-%d} {report.reason}{paper}"


def openers_of(policies: Policies, layer_id: str, duty: str) -> tuple[str, ...]:
    """The roles that may open a duty of a layer by hand; () for one that nobody may."""
    layer = policies.layers.get(layer_id)
    found = next((one for one in layer.layer.duties if one.id == duty), None) if layer else None
    return found.on.by_hand if found and found.on else ()
