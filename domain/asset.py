"""What secures a claim: the leased asset, mortgages, pledges and deposits, as far as the rules look at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from domain.base import Frozen
from domain.money import rounded
from domain.words import Said

AssetKind = Literal["leased_asset", "mortgage", "pledge", "deposit"]
INSURED: Final[tuple[AssetKind, ...]] = ("leased_asset", "mortgage")
REGISTERED: Final[tuple[AssetKind, ...]] = ("leased_asset", "mortgage", "pledge")
"""Kinds whose title or charge stands in a public register, such as that of movables (民法典第745条、第403条)."""


class AssetState(Frozen):
    """One asset as it was known from some time on. tracker: id of its device. register_no: of its title or charge.

    value: in the currency of the account, on valued_on. released: it secures the claim no more.
    """

    asset: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    kind: AssetKind
    description: Annotated[Said, Field(max_length=200)]
    serial_no: str = Field(default="", max_length=100)
    place: str = Field(default="", max_length=200)
    tracker: str = Field(default="", max_length=100)
    insured_until: date | None = None
    register_no: str = Field(default="", max_length=100)
    registered_on: date | None = None
    value: Decimal | None = Field(default=None, gt=0, max_digits=15)
    valued_on: date | None = None
    released: bool = False
    note: str = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults: list[str] = []
        if bool(self.register_no) != (self.registered_on is not None):
            faults.append("a registration has a number and a day: give register_no and registered_on, or neither")
        if (self.value is None) != (self.valued_on is None):
            faults.append("a value is of a day: give value and valued_on, or neither")
        if self.value is not None and self.value != rounded(self.value):
            faults.append("value has at most two decimals")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class FilePaper(Frozen):
    """A line of the check of the collateral file. there: None when only people can say it. why: what is known of it."""

    name: str
    there: bool | None
    why: str = ""


def asset_papers(assets: Sequence[AssetState], as_of: date) -> tuple[FilePaper, ...]:
    """What the file must show of each asset, and whether the facts say that it is there (L6.1d)."""
    found: list[FilePaper] = []
    for one in assets:
        if one.released:
            continue
        if one.kind in REGISTERED:
            said = f"登记证明号：{one.register_no}，登记日：{one.registered_on}" if one.register_no else "未登记"
            found.append(FilePaper(name=f"{TITLES[one.kind]}（{_named(one)}）", there=bool(one.register_no), why=said))
        if one.kind in INSURED:
            found.append(_insurance(one, as_of))
        if one.kind == "leased_asset" and not one.serial_no:
            found.append(FilePaper(name=f"租赁物序列号（{_named(one)}）", there=False, why="未登记序列号"))
        if one.kind == "deposit":
            said = f"金额：{one.value:,.2f}，日期：{one.valued_on}" if one.value is not None else "未登记金额"
            found.append(FilePaper(name=f"保证金凭证（{_named(one)}）", there=None, why=said))
    return tuple(found)


TITLES: Final[dict[AssetKind, str]] = {
    "leased_asset": "租赁物权属凭证及登记证明", "mortgage": "抵押合同及抵押登记证明",
    "pledge": "质押合同及质押登记证明", "deposit": "保证金凭证",
}  # fmt: skip


def _insurance(one: AssetState, as_of: date) -> FilePaper:
    name = f"保险单（{_named(one)}）"
    if one.insured_until is None:
        return FilePaper(name=name, there=False, why="未登记保险")
    if one.insured_until < as_of:
        return FilePaper(name=name, there=False, why=f"保险已于{one.insured_until}到期")
    return FilePaper(name=name, there=True, why=f"保险至{one.insured_until}")


def _named(one: AssetState) -> str:
    """Short enough for a line of a form."""
    return f"{one.asset} {one.description[:40]}"
