"""What is looked at every morning over the whole book; each work may be done again."""

from __future__ import annotations

from activities.agencies import AgencyWork
from activities.costs import CostBooking
from activities.distribution import Commander
from activities.early_warnings import EarlyWarningWork
from activities.layers import LayerWork
from activities.limitation import LimitationWork
from activities.portfolio import DailyWork
from activities.recovery import RecoveryWork
from activities.registry import Policies
from activities.silence import SilenceWork
from activities.supervision import Supervision
from domain.clock import Clock
from store.session import Database


def over_the_book(
    database: Database, policies: Policies, clock: Clock, commander: Commander | None
) -> tuple[DailyWork, ...]:
    """In this order: reminders to people first. commander: recalls cases from agencies; without one none is."""
    return (
        SilenceWork(database, policies, clock),
        LayerWork(database, policies, clock),
        EarlyWarningWork(database, policies, clock),
        Supervision(database, policies, clock),
        CostBooking(database, policies, clock),
        AgencyWork(database, policies, clock, commander),
        LimitationWork(database, policies, clock),
        RecoveryWork(database, policies, clock),
    )
