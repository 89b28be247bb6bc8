"""What follows from an event of a lawsuit in the same transaction: its cost, what the debtor owes, who is told."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import local_date
from domain.ledger import Posting, PostingKind
from domain.litigation import PeriodEnded, Suit, SuitClock, SuitEscalated, SuitEvent, SuitHandled, SuitReminded
from domain.litigation_acts import RecordCost
from store import staff
from store.costs import ActualCost, enter_cost
from store.ledger import post
from store.tables import AccountRow

SOURCE = "suit"
TITLES: dict[SuitClock, str] = {
    "acceptance": "立案审查", "correction": "补正起诉材料", "session": "开庭或调解", "judgment": "一审裁判",
    "appeal_period": "上诉期", "second_instance": "二审裁判", "enforcement_application": "申请强制执行期限",
    "enforcement": "强制执行", "asset_search": "财产线索查询", "preservation_ruling": "财产保全裁定",
    "preservation_renewal": "续行财产保全", "settlement": "撤诉或结清费用",
}  # fmt: skip


def follow_up(session: Session, suit: Suit, event: SuitEvent) -> None:
    """Enter the cost, post what a final judgment makes the debtor owe for costs, tell those who handle the suit."""
    match event.body:
        case SuitHandled(act=RecordCost() as act):
            cost = ActualCost(
                id=f"{suit.number}/{event.seq}", case_no=suit.case_no, item=act.item, day=act.on, amount=act.amount,
                currency=_currency(session, suit.account_no), user=event.actor.user if event.actor else "",
                at=event.at,
            )  # fmt: skip
            enter_cost(session, cost)
        case SuitHandled(costs_owed=owed) | PeriodEnded(costs_owed=owed) if owed:
            _charge(session, suit, event, owed)
        case SuitReminded() as body:
            _tell(session, suit, event, body.clock, body.to, f"期限 {_day(suit, event)}")
        case SuitEscalated() as body:
            _tell(session, suit, event, body.clock, body.to, "到期未登记结果，已升级")
        case _:
            pass


def _charge(session: Session, suit: Suit, event: SuitEvent, owed: Decimal) -> None:
    """The debtor owes these costs by a final judgment: they raise what is due."""
    day = local_date(event.at, suit.terms.time_zone)
    posting = Posting(
        id=f"{suit.number}/costs", kind=PostingKind.COST, value_date=day, at=event.at, amount=owed
    )  # fmt: skip
    post(session, posting, suit.account_no, SOURCE)


def _tell(session: Session, suit: Suit, event: SuitEvent, clock: SuitClock, to: str, text: str) -> None:
    key = f"{suit.number}/{event.seq}"
    title = f"{TITLES[clock]}（{suit.number}）"
    staff.raise_alert(session, staff.Alert(key=key, role=to, case_no=suit.case_no, title=title, text=text, at=event.at))


def _day(suit: Suit, event: SuitEvent) -> str:
    return local_date(event.due_at, suit.terms.time_zone).isoformat() if event.due_at else ""


def _currency(session: Session, account_no: str) -> str:
    return session.scalar(select(col(AccountRow.currency)).where(col(AccountRow.account_no) == account_no)) or "CNY"
