"""What happens in one telephone call, whatever the order in which the dialler reports it."""

from __future__ import annotations

from typing import Final, Literal, assert_never

from pydantic import AwareDatetime, Field

from domain.base import Frozen

Happening = Literal["ringing", "answered", "ended", "no_answer", "dead_number"]
CallStatus = Literal["claimed", "dialling", "ringing", "answered", "ended", "no_answer", "dead_number", "refused"]
OVER: Final[frozenset[CallStatus]] = frozenset({"ended", "no_answer", "dead_number", "refused"})
RANK: Final[dict[CallStatus, int]] = {"claimed": 0, "dialling": 1, "ringing": 2, "answered": 3}


class CallFacts(Frozen):
    """How far a call came. duration: seconds that people spoke, known when it has ended."""

    status: CallStatus = "claimed"
    ringing_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    duration: int | None = Field(default=None, ge=0)

    @property
    def outcome(self) -> Literal["contacted", "not_reached", "wrong_number"] | None:
        """The result for the contact record; None while the call goes on, or when it was never made."""
        match self.status:
            case "ended":
                return "contacted" if self.duration else "not_reached"
            case "no_answer":
                return "not_reached"
            case "dead_number":
                return "wrong_number"
            case "claimed" | "dialling" | "ringing" | "answered" | "refused":
                return None
            case _:
                assert_never(self.status)


def after(call: CallFacts, happened: Happening, at: AwareDatetime, duration: int | None) -> CallFacts:
    """The call after one more report. What is repeated or comes late only fills in what was not known.

    The first report that ends a call stands: a call has one result.
    """
    known = {"ringing": call.ringing_at, "answered": call.answered_at}
    if happened in known:
        instant = known[happened] or at
        later = happened if call.status not in OVER and RANK[call.status] < RANK[happened] else call.status
        return call.model_copy(update={f"{happened}_at": instant, "status": later})
    if call.status in OVER:
        return call
    return call.model_copy(
        update={"status": happened, "ended_at": at, "duration": duration if happened == "ended" else None}
    )
