"""The vocabulary of work distribution: who holds a case, and which accounts come first."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.base import Frozen
from domain.before_due_rule import Counted

Risk = Literal["low", "medium", "high"]


class Holder(Frozen):
    """Cases are held by somebody of `role`, with `skill` where one is named. Every condition given must hold.

    overdue_from: an amount setting; what is overdue is at or above it.
    """

    role: str
    skill: str | None = None
    bucket: tuple[str, ...] = ()
    risk: tuple[Risk, ...] = ()
    overdue_from: str | None = None

    @property
    def is_default(self) -> bool:
        """Whether it takes every case that came so far."""
        return not self.bucket and not self.risk and self.overdue_from is None


class KeyAccounts(Frozen):
    """Accounts with a long history come first. combine: all, any, or a choice setting with these (Z3.1)."""

    rules: tuple[str, ...] = Field(min_length=1)
    if_: tuple[Counted, ...] = Field(alias="if", min_length=1)
    combine: str = "all"


class Distribution(Frozen):
    """Who holds which case: the first entry that fits."""

    rules: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = Field(min_length=1)
    key_accounts: KeyAccounts | None = None
