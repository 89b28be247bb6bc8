"""What a recording says of how somebody collects: the script kept, no forbidden words, a content customer (B3.2.2)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field

from domain.base import Frozen
from domain.wording import ALWAYS_FORBIDDEN, Script, Spoken, Words

FULL: Final = Decimal(100)
TENTH: Final = Decimal("0.1")
SURVEY: Final = 5  # the best answer of the survey at the end of a call
CONTENT: Final = ("谢谢", "好的", "明白", "没问题", "麻烦你", "thank", "all right", "understood")
DISCONTENT: Final = ("投诉", "态度", "骚扰", "烦", "别再打", "complain", "harass", "stop calling", "rude")


class Utterance(Frozen):
    """Somebody speaks."""

    speaker: Literal["collector", "customer"]
    text: Annotated[str, Field(max_length=4000)]


Transcript = tuple[Utterance, ...]


class Quality(Frozen):
    """What was found in a recording. Scores are from 0 to 100; None: there is nothing to judge by.

    compliance: share of what the script says must be said; 0 as soon as a forbidden word was used. missing: ids of
    what was not said. forbidden: `start` is the index in what the collector said, line by line.
    """

    compliance: Decimal | None
    satisfaction: Decimal | None
    missing: tuple[str, ...] = ()
    forbidden: tuple[Spoken, ...] = ()


class Checker(Protocol):
    """Judges what was said. Another one, such as a speech service, takes the place of the built-in one here."""

    @property
    def id(self) -> str:
        """Name and version; it stands beside every score."""
        ...

    def check(self, transcript: Transcript, script: Script | None, survey: int | None) -> Quality:
        """The quality of one recording. script: what should have been said, None where there is none.

        survey: the customer's own answer at the end, 1 to 5; None without one.
        """
        ...


class Checklist:
    """The built-in checker: what must be said was heard, what must not be said was not."""

    def __init__(self, words: Words) -> None:
        self._words = words

    @property
    def id(self) -> str:
        return "checklist-1"

    def check(self, transcript: Transcript, script: Script | None, survey: int | None) -> Quality:
        spoken = "\n".join(line.text for line in transcript if line.speaker == "collector")
        heard = "\n".join(line.text for line in transcript if line.speaker == "customer")
        forbidden = self._words.found_in(spoken, script.forbidden if script else ALWAYS_FORBIDDEN)
        missing = tuple(item.id for item in script.must_say if not item.heard_in(spoken)) if script else ()
        return Quality(
            compliance=_compliance(script, missing, forbidden),
            satisfaction=_of_survey(survey) if survey is not None else _mood(heard),
            missing=missing,
            forbidden=forbidden,
        )


def _compliance(script: Script | None, missing: tuple[str, ...], forbidden: tuple[Spoken, ...]) -> Decimal | None:
    if forbidden:
        return _tenths(Decimal(0))
    if script is None:
        return None
    wanted = len(script.must_say)
    return _tenths(FULL * (wanted - len(missing)) / wanted)


def _of_survey(answer: int) -> Decimal:
    return _tenths(FULL * (answer - 1) / (SURVEY - 1))


def _mood(heard: str) -> Decimal | None:
    """The share of content words among those that tell a mood; None when the customer used none."""
    lower = heard.lower()
    good, bad = (sum(lower.count(word) for word in words) for words in (CONTENT, DISCONTENT))
    return _tenths(FULL * good / (good + bad)) if good + bad else None


def _tenths(score: Decimal) -> Decimal:
    return score.quantize(TENTH, rounding=ROUND_HALF_UP)
