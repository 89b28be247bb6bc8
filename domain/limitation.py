"""Clocks that run against the creditor: limitation of the claim and of each guarantor (民法典第188、692条)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

from domain.base import Frozen
from domain.ledger import Instalment
from domain.litigation_deadlines import after_months
from domain.litigation_terms import LimitationTerms

Ground = Literal["demand", "acknowledged", "payment", "suit"]
VOID: Final = ("withdrawn", "rejected")  # how a suit closes that counts as if it had not been filed
DEMANDS: Final = (
    "rent_demand_notice", "rent_collection_letter", "litigation_letter", "overdue_notice", "dunning_letter",
    "legal_notice", "lawyers_letter", "summons", "guarantor_demand",
)  # fmt: skip
"""Documents that demand payment; one that reached its addressee interrupts the period (民法典第195条第1项)."""
NO_DEMANDS: Final = {
    "reminder": "may be about an instalment that is not due yet, and goes as a text message of which nobody signs",
    "repayment_proposal": "proposes how to pay and asks for an answer, not for the money",
    "guarantor_notice": "announces that the guarantor will be claimed from; that is no claim yet (民法典第693条第2款)",
    "vendor_notice": "goes to the vendor, who owes nothing of the claim",
    "buyback_claim": "claims the price of the buyback from the vendor, another debt",
    "dispute_acknowledgement": "says that a dispute was received",
    "dispute_answer": "says what was found out about a dispute; it names no amount and no day to pay by",
    "correction_letter": "demands nothing itself",
}
"""All other letters and why none of them interrupts anything: in doubt the clock is read as ending sooner."""


class ClockRules(Frozen):
    """What clocks are read by. demand_steps: the steps that send a demand, with whom they send it to."""

    terms: LimitationTerms
    demand_steps: dict[str, str]


class Interruption(Frozen):
    """What lets the period begin anew (民法典第195条). of: what proves it, by its number.

    until: of a suit the day it ended; `pending`: it has not, so that no period runs.
    unproven: a demand of which we do not know that and when it arrived; `on` is the day it was sent.
    """

    on: date
    ground: Ground
    of: str = ""
    until: date | None = None
    pending: bool = False
    unproven: bool = False


class Limitation(Frozen):
    """The period of a claim: since when it runs and its last day. ends None: it does not run, a suit is pending.

    counted: what is proven to have interrupted it in time, in order; `ends` rests on that alone. to_prove: demands
    that would let it end later, on `if_proven`. lapsed: its last day is over, whatever of them were proven.
    """

    began: date | None
    ends: date | None
    lapsed: bool
    counted: tuple[Interruption, ...] = ()
    to_prove: tuple[Interruption, ...] = ()
    if_proven: date | None = None


class Guarantee(Frozen):
    """What is known of a guarantor. until: the agreed last day of their period; joint: liable like a debtor.

    demands: what was demanded of them; sued: days on which a suit named them; debtor_sued: on which one named the
    debtor.
    """

    party: str
    joint: bool = False
    until: date | None = None
    demands: tuple[Interruption, ...] = ()
    sued: tuple[date, ...] = ()
    debtor_sued: tuple[date, ...] = ()


class GuaranteePeriod(Frozen):
    """The last day on which a guarantor has to be claimed from. claimed: when that was done; ends is None then.

    until: the last day of the period, claimed or not; agreed: the contract names it. None: nothing is due any day.
    to_prove: demands that would meet it; until nothing is left to prove it has not lapsed.
    """

    party: str
    joint: bool
    ends: date | None
    claimed: date | None
    lapsed: bool
    until: date | None = None
    agreed: bool = False
    to_prove: tuple[Interruption, ...] = ()


def limitation(
    schedule: Sequence[Instalment], found: Sequence[Interruption], terms: LimitationTerms, as_of: date,
    oldest_unpaid: date | None = None,
) -> Limitation:  # fmt: skip
    """The limitation of what is unpaid on a day.

    The three years run from the day after the last instalment is due (instalments of one debt), or from that of the
    oldest unpaid one. Something counts when it happens before they have run out; before they begin it changes nothing.
    """
    if not schedule:
        return Limitation(began=None, ends=None, lapsed=False)
    last = max(one.due for one in schedule)
    began = oldest_unpaid if terms.instalments == "each" and oldest_unpaid else last
    known = sorted((f for f in found if f.on <= as_of), key=lambda f: (f.on, f.ground, f.of))
    ends, counted = _run((f for f in known if not f.unproven), _after(began, terms), terms)
    if_proven, held = _run(known, _after(began, terms), terms)
    to_prove = tuple(f for f in held if f.unproven) if if_proven != ends else ()
    lapsed = all(last_day is not None and last_day < as_of for last_day in (ends, if_proven))
    return Limitation(
        began=began, ends=ends, lapsed=lapsed, counted=counted, to_prove=to_prove,
        if_proven=if_proven if to_prove else None,
    )  # fmt: skip


def _run(
    found: Iterable[Interruption], ends: date | None, terms: LimitationTerms
) -> tuple[date | None, tuple[Interruption, ...]]:
    """The last day after what happened, in order, and what of it counts."""
    counted: list[Interruption] = []
    for one in found:
        if ends is not None and one.on > ends:
            break  # what has lapsed does not begin again by a demand (民法典第192条)
        counted.append(one)
        if one.pending:
            ends = None
        elif ends is not None or one.until is not None:
            ends = max(ends or date.min, _after(one.until or one.on, terms))
    return ends, tuple(counted)


def guarantee_period(
    one: Guarantee, schedule: Sequence[Instalment], terms: LimitationTerms, as_of: date
) -> GuaranteePeriod:
    """Six months from the last due date when nothing is agreed (民法典第692条).

    A joint guarantor is claimed from by a demand that reaches them or a suit against them, one who is not only by a
    suit against the debtor (民法典第693条): to sue only the debtor claims nothing from a joint guarantor.
    """
    if not schedule and one.until is None:
        return GuaranteePeriod(party=one.party, joint=one.joint, ends=None, claimed=None, lapsed=False)
    last = max((i.due for i in schedule), default=as_of)
    ends = one.until or after_months(last, terms.guarantor_months)
    timely = [demand for demand in one.demands if one.joint and demand.on <= min(ends, as_of)]
    sued = one.sued if one.joint else one.debtor_sued
    means = (*(demand.on for demand in timely if not demand.unproven), *sued)
    claimed = min((day for day in means if day <= min(ends, as_of)), default=None)
    to_prove = () if claimed else tuple(demand for demand in timely if demand.unproven)
    return GuaranteePeriod(
        party=one.party, joint=one.joint, ends=None if claimed else ends, claimed=claimed,
        lapsed=claimed is None and ends < as_of and not to_prove, until=ends, agreed=one.until is not None,
        to_prove=to_prove,
    )  # fmt: skip


def warning(ends: date | None, today: date, terms: LimitationTerms) -> int | None:
    """The nearest warning that has come, in days before the end; None before the first one and after the end."""
    if ends is None or ends < today:
        return None
    left = (ends - today).days
    return min((days for days in terms.warning_days if left <= days), default=None)


def _after(day: date, terms: LimitationTerms) -> date:
    return after_months(day, 12 * terms.limitation_years)
