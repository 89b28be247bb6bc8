"""Recordings of contacts: attached, heard by those who may, and judged by the script of their step."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.auth import Person, Reader, may
from api.deps import Deps, Needs
from api.permissions import fitting
from api.problems import problems
from api.quality import RecordingFile, recordings_of
from api.schemas import NO, Body, Cursor, Limit
from domain.errors import Refused
from domain.file_types import audio_type
from domain.quality import Utterance
from store import documents, recordings
from store.recordings import Recording
from store.views import Page

KEPT = "audio-"  # files of recordings are nobody's to download as an attachment
router = APIRouter(tags=["录音 recordings"])
RecordingId = Annotated[str, Path(pattern=r"^rec-[0-9a-f]{24}$")]
AUDIO = {200: {"content": {"audio/wav": {}, "audio/mpeg": {}, "audio/ogg": {}}, "description": "The recording."}}
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]


class FileView(BaseModel):
    """An uploaded recording; name its id in `file`."""

    id: str = Field(examples=["audio-4f1c"])
    media_type: str
    size: int
    sha256: str


class RecordingBody(Body):
    """The recording of a contact: an uploaded `file`, or the `reference` to where it is kept, with its hash."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"case_no": "L-000123-1", "seq": 12, "file": "audio-4f1c"}]}
    )

    case_no: Name
    seq: Annotated[int, Field(ge=1, le=10**9, description="Of the contact in the record of the case.")]
    file: Name | None = None
    reference: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\s]+$")] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    media_type: Annotated[str, Field(pattern=r"^audio/[a-z0-9.+-]{1,60}$")] = "audio/wav"
    step: Annotated[str, Field(max_length=64, description="For which step; absent: the one it answered.")] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> RecordingBody:
        if (self.file is None) == (self.reference is None):
            raise ValueError("name either an uploaded file or a reference")
        if self.reference is not None and self.sha256 is None:
            raise ValueError("a reference needs the sha256 of what is kept there")
        return self


class TranscriptBody(Body):
    """What was said, in order. survey: the customer's own answer at the end of the call, 1 (bad) to 5 (good)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lines": [{"speaker": "collector", "text": "您好，这里是催收部。"}]}]}
    )

    lines: Annotated[tuple[Utterance, ...], Field(min_length=1, max_length=2000)]
    survey: Annotated[int, Field(ge=1, le=5)] | None = None


@router.post(
    "/recordings/files",
    status_code=201,
    responses=problems("too_large", "type_not_allowed", "name_differs", "file_damaged"),
)
def add_file(file: UploadFile, person: Annotated[Person, may("add_recording")], deps: Needs) -> FileView:
    """A WAV, MP3 or OGG file of at most 64 MiB; the same file has the same id. It is heard through its recording."""
    content = file.file.read()
    media_type = audio_type(file.filename or "", content)
    if len(content) > deps.limits.recording:
        raise Refused("too_large", f"The limit here is {deps.limits.recording} bytes.", "")
    digest = sha256(content).hexdigest()
    kept = documents.Attachment(
        id=f"{KEPT}{digest[:32]}", sha256=digest, media_type=media_type, name=(file.filename or "")[:200],
        content=content, uploaded_by=person.user, at=deps.clock.now(),
    )  # fmt: skip
    with deps.database.session() as session:
        documents.add_attachment(session, kept)
    return FileView(id=kept.id, media_type=media_type, size=len(content), sha256=digest)


@router.post(
    "/recordings", status_code=201, responses=problems("unknown_case", "unknown_contact", "unknown_attachment")
)
def add_recording(body: RecordingBody, person: Annotated[Person, may("add_recording")], deps: Needs) -> Recording:
    """Attach a recording to a contact, once per contact and file. It counts for whoever made the contact."""
    with deps.database.session() as session:
        file = RecordingFile(body.sha256 or "", body.media_type, reference=body.reference)
        if body.file is not None:
            kept = documents.get_attachment(session, body.file) if body.file.startswith(KEPT) else None
            if kept is None:
                raise Refused("unknown_attachment", f"There is no file {body.file}.", "Send it to /recordings/files.")
            file = RecordingFile(kept.sha256, kept.media_type, kept=kept.id)
        return recordings_of(deps).attach(session, body.case_no, body.seq, file, body.step, person.user)


@router.put("/recordings/{recording_id}/transcript", responses=problems("unknown_recording", "not_entitled"))
def check_recording(
    recording_id: RecordingId,
    body: TranscriptBody,
    person: Annotated[Person, may("check_recording")],
    deps: Needs,
) -> Recording:
    """Enter what was said and judge it: script kept, no forbidden words, customer content (B3.2.2).

    A forbidden word becomes a violation. Nobody enters what they said themselves.
    """
    with deps.database.session() as session:
        known = recordings.find_recording(session, recording_id)
        if known is not None and known.collector == person.user:
            raise Refused("not_entitled", "Nobody judges their own calls.", "Somebody else has to.")
        return recordings_of(deps).check(session, recording_id, body.lines, body.survey, deps.clock.now())


@router.get("/recordings", responses=problems("bad_cursor"))
def list_recordings(
    person: Reader,
    deps: Needs,
    collector: Annotated[str | None, Query(max_length=64, description="Of this member of staff.")] = None,
    case_no: Annotated[str | None, Query(max_length=64)] = None,
    checked: Annotated[bool | None, Query(description="Only those judged, or only the others.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Recording]:
    """Recordings with scores and findings, the newest first; collectors see their own."""
    whose = collector if fitting("hear_recording", person.roles) else person.user
    with deps.database.reading() as session:
        return recordings.list_recordings(session, whose, case_no, checked, cursor, limit)


@router.get("/recordings/{recording_id}", responses=problems("unknown_recording", "not_entitled"))
def get_recording(recording_id: RecordingId, person: Reader, deps: Needs) -> Recording:
    """One recording with its transcript, scores and findings."""
    return _for(deps, person, recording_id)


@router.get(
    "/recordings/{recording_id}/content",
    response_class=Response,
    responses={**AUDIO, **problems("unknown_recording", "not_entitled", "kept_elsewhere")},
)
def hear_recording(recording_id: RecordingId, person: Reader, deps: Needs) -> Response:
    """The recording itself, for those who may hear it and for whoever is recorded in it."""
    found = _for(deps, person, recording_id)
    with deps.database.reading() as session:
        kept = documents.get_attachment(session, found.kept) if found.kept else None
    if kept is None:
        raise Refused("kept_elsewhere", f"It is kept as {found.reference}.", "Hear it there.")
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "ETag": f'"{kept.sha256}"'}
    return Response(kept.content, media_type=kept.media_type, headers=headers)


def _for(deps: Deps, person: Person, recording_id: str) -> Recording:
    with deps.database.reading() as session:
        found = recordings.find_recording(session, recording_id)
    own = found is not None and found.collector == person.user
    if not own and not fitting("hear_recording", person.roles):  # nor do others learn whether there is one
        raise Refused("not_entitled", "This is not a recording of yours.", "Ask a supervisor.")
    if found is None:
        raise Refused("unknown_recording", f"There is no recording {recording_id}.", "See GET /recordings.")
    return found
