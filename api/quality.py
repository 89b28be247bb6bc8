"""What the handlers of calls, recordings, violations and visits are made of."""

from __future__ import annotations

from typing import NamedTuple

from activities.calls import Dialler
from activities.contact_data import ContactData
from activities.recordings import Recordings
from activities.supervision import Supervision
from api.deps import Deps
from domain.quality import Checklist
from gateways.voice import RecordedCall
from store.calls import Call
from store.recordings import Recording


class RecordingFile(NamedTuple):
    """The file of a recording; kept: id of an uploaded one, else reference."""

    sha256: str
    media_type: str
    kept: str | None = None
    reference: str | None = None


def supervision_of(deps: Deps) -> Supervision:
    """Violations, over the database and the clock of the installation."""
    return Supervision(deps.database, deps.policies, deps.clock)


def contact_data_of(deps: Deps) -> ContactData:
    """Numbers and addresses in doubt."""
    return ContactData(deps.database, deps.policies, deps.clock)


def dialler_of(deps: Deps) -> Dialler:
    """Click to dial by the gateway of the installation."""
    return Dialler(deps.database, deps.policies, deps.gate, deps.caller, contact_data_of(deps))


def recordings_of(deps: Deps) -> Recordings:
    """Recordings with the checker of the installation; the built-in one where there is no other."""
    checker = deps.checker or Checklist(deps.texts.words)
    return Recordings(deps.texts, checker, supervision_of(deps))


def attach_recorded(deps: Deps, call: Call, recorded: RecordedCall) -> Recording:
    """The recording that the dialler made of a call belongs to its contact record."""
    file = RecordingFile(recorded.sha256, recorded.media_type, reference=recorded.reference)
    with deps.database.session() as session:
        return recordings_of(deps).attach(session, call.case_no, call.contact_seq or 0, file, call.step, "dialler")
