"""Named changes of code that break the rules of lawsuits, agencies and disposals, for `make rules-mutate`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from tests.rules.replaced import Change, answers, given, overlooks, put, returns

ZERO: Final = Decimal("0.00")
FAULTS: Final = "domain.placing:faults"


def final_at_once() -> None:
    """Nobody could appeal against a judgment."""
    judged = put("domain.litigation_check:_judged", None)

    def as_if_appealed(suit: Any, *more: Any) -> Any:
        return judged(suit.model_copy(update={"stage": "appealed"}), *more)

    put("domain.litigation_check:_judged", as_if_appealed)


def guarantors(**otherwise: object) -> Change:
    """The period of a guarantor would be read by other terms."""

    def change() -> None:
        for place in ("domain.limitation:guarantee_period", "store.limitation:guarantee_period"):
            given(place, lambda one, schedule, terms, as_of: (
                one, schedule, terms.model_copy(update=otherwise), as_of,
            ))()  # fmt: skip

    return change


def the_debtors_suit_is_everybodys() -> None:
    """To sue the debtor would claim from a joint guarantor too."""
    for place in ("domain.limitation:guarantee_period", "store.limitation:guarantee_period"):
        given(place, lambda one, *more: (one.model_copy(update={"sued": (*one.sued, *one.debtor_sued)}), *more))()


def proceeds_are_payments() -> None:
    """The price of the asset would be used like any payment."""

    def realise(self: Any, amount: Decimal) -> None:
        self.credit += amount

    put("domain.replay:Owed.realise", realise)


def books_are_not_read() -> None:
    """Profit and loss would know the contract's first line only."""
    for place in ("domain.project_result", "activities.content.disposal", "store.project_result"):
        returns(f"{place}:recorded_figures", lambda found: found[:1])()


def a_part_is_enough() -> None:
    """A vendor who pays a part would have bought the lease back."""
    put("domain.buyback:Performance.done", property(lambda self: self.paid > 0))


UNFILED: Final = {"nothing_is_filed": answers(None, "store.suits:_file")}
ANY_AGENCY: Final = {"any_agency": answers((), FAULTS)}
STAYS: Final = {"stays_outside": answers(None, "activities.agencies:expired")}

SUITS: dict[str, dict[str, Change]] = {
    "L7.1": UNFILED,
    "C4.5.2a": {
        **UNFILED,
        "renewed_unreminded": returns(
            "domain.litigation_check:renewal", lambda due: due.model_copy(update={"remind_at": ()})
        ),
    },
    "O2.4d": {
        "in_any_order": answers(None, "domain.litigation_check:_must_fit_stage"),
        "without_papers": lambda: put("domain.litigation_check:DOCUMENTED", ()),
        "final_at_once": final_at_once,
        "nothing_is_late": answers(None, "domain.litigation_deadlines:_turn"),
        "claims_never_lapse": answers(date.max, "domain.limitation:_after"),
    },
    "B2.3.2.2a": {"demands_change_nothing": given("store.limitation:limitation", lambda schedule, found, *more: (
        schedule, [], *more,
    ))},
    "B2.3.2.2c": {"for_ever": answers((), "domain.litigation_deadlines:awarded", "domain.litigation_check:awarded")},
    "MB4.2b": {
        "the_debtors_suit_is_everybodys": the_debtors_suit_is_everybodys,
        "guarantors_are_bound_for_ever": guarantors(guarantor_months=1200),
    },
}  # fmt: skip
AGENCIES: dict[str, dict[str, Change]] = {
    "B2.3.2.1a": {"without_licence": overlooks(FAULTS, "licence"), **STAYS},
    "B2.3.2.1b": {"without_secrecy": overlooks(FAULTS, "confidentiality")},
    "B2.3.2.1c": {
        "beyond_its_mandate": overlooks(FAULTS, "mandate"),
        "contacts_are_not_looked_at": answers(None, "api.routers.agency:improper_contact"),
    },
    "B2.3.2.1d": {**STAYS, "no_report_is_missed": answers((), "activities.agencies:_unreported")},
    "B2.3.2.1s": ANY_AGENCY,
    "O3.4a": ANY_AGENCY,
    "O3.4b": ANY_AGENCY,
}
DISPOSALS: dict[str, dict[str, Change]] = {
    "L7.2": {
        "parts_left_out": answers((), "domain.parts:planned"),
        "in_any_order": answers([], "domain.parts:_order"),
        "sold_at_once": overlooks("domain.parts:_faults", "after the publicity"),
        "proceeds_are_payments": proceeds_are_payments,
    },
    "L7.3a": {
        "books_are_not_read": books_are_not_read,
        "the_sale_cures": answers(None, "domain.standing:_without_proceeds"),
    },
    "L7.3b": {"what_is_due_only": returns(
        "domain.project_result:buyback_price", lambda found: found.model_copy(update={"rents_to_come": ZERO})
    )},
    "L7.4": {
        "a_part_is_enough": a_part_is_enough,
        "goes_on_under_the_objection": returns("domain.parts:_parted", lambda found: (
            *found[:2], found[2].model_copy(update={"frozen": None}),
        )),
    },
    "O2.5b": {"before_its_publicity": answers([], "domain.parts:_order")},
    "O2.5c": {"unreported": answers(None, "domain.answering:_must_be_reported")},
}  # fmt: skip
PURSUED: Final = (SUITS, AGENCIES, DISPOSALS)
