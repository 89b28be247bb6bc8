"""What is owed, as letters state it: the standing of the account on the day of the document."""

from __future__ import annotations

from activities.content.words import bucket
from domain.ladder import Ladder
from domain.standing import Standing
from letters.parts import Claim, ClaimAmounts, UnpaidInstalment


def claim_of(ladder: Ladder, now: Standing, currency: str) -> Claim | None:
    """The claim at the end of the day of `now`; None when nothing is overdue."""
    if now.oldest_due is None or now.past_due_days < 1 or not now.total_overdue:
        return None
    rows = tuple(
        UnpaidInstalment(
            number=row.no,
            due=row.due,
            rent=row.rent,
            paid=row.paid,
            unpaid=row.unpaid,
            dpd=(now.as_of - row.due).days,
        )
        for row in now.open_instalments
    )
    is_rent = any(row.due == now.oldest_due for row in now.open_instalments)
    return Claim.model_validate({
        "amounts": amounts_of(now, currency),
        "instalments": rows,
        "dpd": now.past_due_days,
        "bucket": bucket(ladder.bucket(now.dpd)),
        "oldest_due": None if is_rent else now.oldest_due,
    })  # fmt: skip


def amounts_of(now: Standing, currency: str) -> ClaimAmounts:
    """The amounts; a vendor's advance is shown and not subtracted (L2.4)."""
    return ClaimAmounts.model_validate({
        "currency": currency,
        "overdue_rent": now.overdue_rent,
        "costs": now.costs,
        "earlier_penalty": now.earlier_penalty,
        "current_penalty": now.current_penalty,
        "vendor_advance": now.vendor_advance,
        "total": now.total_overdue,
    })  # fmt: skip
