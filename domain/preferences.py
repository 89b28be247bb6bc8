"""What a person has said, or somebody decided for them, about being contacted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field

from domain.base import Frozen, zone
from domain.conduct import Channel, Kind, Person

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)  # as in commands: later days are slips of the pen


def _known_zone(name: str) -> str:
    try:
        zone(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no such time zone; name one like Asia/Shanghai") from None
    return name


Zone = Annotated[str, Field(pattern=r"^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$", max_length=64), AfterValidator(_known_zone)]


class Preferences(Frozen):
    """Of one person, for all their accounts; without an entry nothing is known. kind, time_zone None: the account's.

    night_consent: the person agreed to be contacted at night, in writing. stopped_until: as in `domain.conduct.Person`.
    """

    kind: Kind | None = None
    time_zone: Zone | None = None
    night_consent: bool = False
    do_not_contact: bool = False
    stopped_until: Annotated[AwareDatetime, Field(gt=EARLIEST, lt=LATEST)] | None = None
    refused: Annotated[tuple[Channel, ...], Field(max_length=10)] = ()

    def person(self, kind: Kind, time_zone: str) -> Person:
        """The person as the contact gate sees them; kind and time zone count where nothing else was said."""
        said = {**self.model_dump(), "kind": self.kind or kind, "time_zone": self.time_zone or time_zone}
        return Person.model_validate(said)

    def loosens(self, before: Preferences) -> bool:
        """Somebody may be contacted who could not be before; that needs a document."""
        return (
            (self.night_consent and not before.night_consent)
            or (before.do_not_contact and not self.do_not_contact)
            or not set(before.refused) <= set(self.refused)
            or self.kind != before.kind
            or (
                before.stopped_until is not None
                and (self.stopped_until is None or self.stopped_until < before.stopped_until)
            )
        )
