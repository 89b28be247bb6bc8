"""Named changes of code that break the rules of who decides and what is agreed, for `make rules-mutate`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from tests.rules.replaced import Change, answers, given, overlooks, put, returns

MUCH: Final = Decimal(1_000_000_000)
PROBLEMS: Final = "domain.concessions:_waiver_problems"


def deputies_are_others() -> None:
    """A deputy and whom they stand for would be two people."""
    put("domain.proposals:persons", lambda one: {one.user})


def one_vote_is_enough() -> None:
    """The first member who votes would decide for the committee."""
    put("domain.voting:HALF", 1000)


def money_fills_every_promise() -> None:
    """The same money would keep two promises."""
    filled = put("domain.keeping:fill_promises", None)

    def each_alone(promises: Any, tolerance: int, payments: Any) -> tuple[Decimal, ...]:
        return tuple(filled([one], tolerance, payments)[0] for one in promises)

    put("domain.keeping:fill_promises", each_alone)


def agreed(**otherwise: object) -> Change:
    """Every agreement would be watched in another way than it was signed."""
    return returns("domain.undertaking_apply:_concluded", lambda found: found.model_copy(update=otherwise))


OWN: Final = {"own_proposal_counts": answers(frozenset[str](), "domain.proposals:proposers")}
UNLIMITED: Final = {"no_limit": answers(True, "domain.authority:_within")}
UNPROVEN: Final = {"without_minutes": answers(None, "domain.answering:_must_be_proven")}
NEVER_BROKEN: Final = {"never_broken": answers("live", "domain.keeping:state_of")}

APPROVALS: dict[str, dict[str, Change]] = {
    "L6.2b": {
        **OWN, **UNPROVEN, "one_vote_is_enough": one_vote_is_enough,
        "votes_are_not_counted": answers(None, "domain.answering:must_carry"),
    },
    "L6.3": {
        **OWN,
        "stops_when_it_is_entered": answers(None, "domain.on_demand:starts"),
        "never_reviewed": answers(None, "domain.due:_review_due"),
    },
    "L7.3b": UNPROVEN,
    "L7.5a": {
        "without_end": answers((), "domain.applications:_end"),
        "prolonged": answers((), "domain.applications:_in_force"),
    },
    "L7.5b": {
        **OWN, **UNPROVEN, "one_vote_is_enough": one_vote_is_enough, "deputies_are_others": deputies_are_others,
        "never_ends": answers(None, "domain.holding:_expired"),
        "out_of_turn": given("domain.answering:waiting_roles", lambda asked, mode, answered: (asked, "all", answered)),
    },
    "B4.2.1c": UNLIMITED,
    "B4.2.1s": UNLIMITED,
}  # fmt: skip
AGREEMENTS: dict[str, dict[str, Change]] = {
    "B2.2.2.1b": {
        "any_share": answers(MUCH, "domain.affordability:PlanLimits.limit"),
        "several_in_one_month": answers((), "domain.agreement_terms:_of_income"),
    },
    "B2.2.2.1c": {"any_number": answers([], "domain.affordability:_of_whole")},
    "B2.2.2.1d": {**NEVER_BROKEN, "no_tolerance": agreed(tolerance=0), "never_revived": agreed(revive=False)},
    "C4.2.2b": {
        **NEVER_BROKEN,
        "any_terms": answers([], "domain.undertaking_check:terms_problems"),
        "unsigned": given("domain.undertaking_check:concluded", lambda view, step, body, said: (
            view, step, body.model_copy(update={"evidence": "file-1"}), said,
        )),
    },
    "B2.1.2.1d": {
        "every_promise_is_kept": answers("kept", "domain.keeping:promise_verdict"),
        "money_fills_every_promise": money_fills_every_promise,
    },
    "C2.2.1b": {
        "no_stage_is_missed": answers(None, "domain.keeping:_recovery"),
        "any_stages": answers((), "domain.undertaking_check:_of_stages"),
    },
}  # fmt: skip
WAIVERS: dict[str, dict[str, Change]] = {
    "B2.2.2.2a": {
        "also_the_second_time": overlooks(PROBLEMS, "not the first delinquency"),
        "without_their_own_contact": overlooks(PROBLEMS, "made contact on their own"),
    },
    "B2.2.2.2b": {"on_any_day": overlooks(PROBLEMS, "days past due")},
    "B2.2.2.2c": {"all_of_it": answers(MUCH, "domain.concessions:_most_waived")},
    "B2.2.2.2s": {
        "never_posted": answers(None, "store.waivers:post"),
        "never_taken_back": answers(None, "store.waivers:_take_back"),
    },
}
DECIDED: Final = (APPROVALS, AGREEMENTS, WAIVERS)
