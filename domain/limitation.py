"""Clocks that run against the creditor: limitation of the claim and of each guarantor (民法典第188、692条)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from domain.base import Frozen
from domain.ledger import Instalment
from domain.litigation_deadlines import after_months
from domain.litigation_terms import LimitationTerms

Ground = Literal["demand", "acknowledged", "payment", "suit"]


class Interruption(Frozen):
    """What lets the period begin anew (民法典第195条). of: what proves it, by its number.

    until: of a suit the day it ended; `pending`: it has not, so that no period runs.
    """

    on: date
    ground: Ground
    of: str = ""
    until: date | None = None
    pending: bool = False


class Limitation(Frozen):
    """The period of a claim: since when it runs and its last day. ends None: it does not run, a suit is pending.

    lapsed: its last day is over. counted: what interrupted it in time, in order.
    """

    began: date | None
    ends: date | None
    lapsed: bool
    counted: tuple[Interruption, ...] = ()


class Guarantee(Frozen):
    """What is known of a guarantor. until: the agreed last day of their period; joint: liable like a debtor.

    demands: days on which a demand reached them; sued: days on which the debtor, or they, were sued.
    """

    party: str
    joint: bool = False
    until: date | None = None
    demands: tuple[date, ...] = ()
    sued: tuple[date, ...] = ()


class GuaranteePeriod(Frozen):
    """The last day on which a guarantor has to be claimed from. claimed: when that was done; ends is None then."""

    party: str
    joint: bool
    ends: date | None
    claimed: date | None
    lapsed: bool


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
    ends: date | None = _after(began, terms)
    counted: list[Interruption] = []
    for one in sorted((f for f in found if f.on <= as_of), key=lambda f: (f.on, f.ground, f.of)):
        if ends is not None and one.on > ends:
            break  # what has lapsed does not begin again by a demand (民法典第192条)
        counted.append(one)
        if one.pending:
            ends = None
        elif ends is not None or one.until is not None:
            ends = max(ends or date.min, _after(one.until or one.on, terms))
    return Limitation(began=began, ends=ends, lapsed=ends is not None and ends < as_of, counted=tuple(counted))


def guarantee_period(
    one: Guarantee, schedule: Sequence[Instalment], terms: LimitationTerms, as_of: date
) -> GuaranteePeriod:
    """Six months from the last due date when nothing is agreed (民法典第692条).

    A joint guarantor is claimed from by a demand that reaches them, one who is not only by a suit (民法典第693条).
    """
    if not schedule and one.until is None:
        return GuaranteePeriod(party=one.party, joint=one.joint, ends=None, claimed=None, lapsed=False)
    last = max((i.due for i in schedule), default=as_of)
    ends = one.until or after_months(last, terms.guarantor_months)
    means = (*one.demands, *one.sued) if one.joint else one.sued
    claimed = min((day for day in means if day <= min(ends, as_of)), default=None)
    if claimed is not None:
        return GuaranteePeriod(party=one.party, joint=one.joint, ends=None, claimed=claimed, lapsed=False)
    return GuaranteePeriod(party=one.party, joint=one.joint, ends=ends, claimed=None, lapsed=ends < as_of)


def warning(ends: date | None, today: date, terms: LimitationTerms) -> int | None:
    """The nearest warning that has come, in days before the end; None before the first one and after the end."""
    if ends is None or ends < today:
        return None
    left = (ends - today).days
    return min((days for days in terms.warning_days if left <= days), default=None)


def _after(day: date, terms: LimitationTerms) -> date:
    return after_months(day, 12 * terms.limitation_years)
