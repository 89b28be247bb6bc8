"""Documents that were written, and files that people upload as evidence."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response, UploadFile

from activities.texts import TextNotPassed
from api.auth import Person, Reader, may
from api.deps import Needs
from api.problems import problems
from api.schemas import Number
from api.uploads import checked_document
from api.views import AttachmentView
from domain.errors import Permanent, Refused
from store import documents
from store.cases import snapshot_of

UPLOADED = "att-"  # other kept files, such as imports waiting for release, are nobody's to download
router = APIRouter(tags=["文件 documents"])
PDF = {200: {"content": {"application/pdf": {}}, "description": "The PDF as it was stored."}}


@router.get(
    "/documents/{number}",
    response_class=Response,
    responses={**PDF, **problems("unknown_document", "document_destroyed")},
)
def get_document(number: Number, person: Reader, deps: Needs) -> Response:
    """A document by its number."""
    with deps.database.reading() as session:
        found, pdf = documents.get_document(session, number), documents.get_pdf(session, number)
    if found is not None and pdf is None:
        raise Refused("document_destroyed", f"The content of {number} was destroyed.", f"Its hash: {found.sha256}.")
    if found is None or pdf is None:
        raise Refused("unknown_document", f"There is no document {number}.", "")
    name = quote(f"{found.number}.pdf", safe="")
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
    return Response(pdf, media_type="application/pdf", headers={**headers, "ETag": f'"{found.sha256}"'})


@router.get(
    "/cases/{case_no}/steps/{step}/draft",
    response_class=Response,
    responses={**PDF, **problems("unknown_case", "no_draft", "text_not_passed")},
)
def get_draft(case_no: Number, step: Number, person: Reader, deps: Needs) -> Response:
    """The letter that a step prepares, signs or releases, as it would be today: without number and signature.

    It is in the version that Legal passed last, as the letter will be.
    """
    with deps.database.reading() as session:
        case = snapshot_of(session, case_no)
        if case is None or case.policy is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "")
        ladder = deps.policies.ladder(case.policy, case.settings)
        try:
            pdf = deps.drafts.draft(session, case_no, case.account_no, step, ladder, deps.today())
        except TextNotPassed as missing:
            raise Refused("text_not_passed", f"{missing}.", "Ask Legal to pass a version.") from missing
        except Permanent as fault:
            raise Refused("no_draft", str(fault), "") from fault
    return Response(pdf, media_type="application/pdf", headers={"X-Content-Type-Options": "nosniff"})


@router.post(
    "/attachments",
    status_code=201,
    responses=problems("too_large", "type_not_allowed", "name_differs", "file_damaged"),
)
def add_attachment(file: UploadFile, person: Annotated[Person, may("attach")], deps: Needs) -> AttachmentView:
    """A PDF, PNG or JPEG of at most 10 MiB, whole and what its name says. Its id is the `evidence` of a command.

    The same file has the same id.
    """
    content = file.file.read()
    media_type = checked_document(file.filename or "", content, deps.limits.attachment)
    digest = sha256(content).hexdigest()
    attachment = documents.Attachment(
        id=f"{UPLOADED}{digest[:32]}",
        sha256=digest,
        media_type=media_type,
        name=(file.filename or "")[:200],
        content=content,
        uploaded_by=person.user,
        at=deps.clock.now(),
    )
    with deps.database.session() as session:
        documents.add_attachment(session, attachment)
    return AttachmentView(id=attachment.id, media_type=media_type, size=len(content), sha256=digest)


@router.get("/attachments/{attachment_id}", response_class=Response, responses=problems("unknown_attachment"))
def get_attachment(attachment_id: Number, person: Reader, deps: Needs) -> Response:
    """An uploaded file; it is always offered as a download."""
    with deps.database.reading() as session:
        found = documents.get_attachment(session, attachment_id)
    if found is None or not attachment_id.startswith(UPLOADED):
        raise Refused("unknown_attachment", f"There is no attachment {attachment_id}.", "")
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.media_type, headers=headers)
