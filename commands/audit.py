"""`arrears audit` checks the audit log offline and says where it stands; `arrears case export` gives out one case."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from commands.output import complain, say
from commands.system import opened, running_settings
from domain.audit import Anchor, Fault
from domain.errors import Invalid, Problem, Refused
from settings import Settings
from store import audit
from store.archive import archive_of
from store.archive_check import check_archive
from store.audit_check import check_database, check_file

FileArgument = Annotated[
    Path | None, typer.Argument(exists=True, dir_okay=False, help="as `audit export` or `case export` wrote it")
]
Target = Annotated[Path, typer.Argument(help="where the entries go, one JSON object a line")]
AnchorOption = Annotated[str | None, typer.Option("--anchor", metavar="SEQ:HASH", help="as `audit head` printed it")]
KeyOption = Annotated[
    Path | None, typer.Option("--key", exists=True, dir_okay=False, help="the key of the seals, if not this folder's")
]


CaseNo = Annotated[str, typer.Argument(metavar="NO", help="the number of a case, as `arrears cases` lists it")]
Chain = Annotated[bool, typer.Option("--chain", help="with the whole audit log, to check the chain without us")]
Archive = Annotated[Path | None, typer.Argument(help="where it goes; NO.zip when absent")]


def verify(file: FileArgument = None, anchor: AnchorOption = None, key: KeyOption = None) -> None:
    """Check the audit log and what it speaks of, a file of its entries, or the archive (zip) of a case.

    Exit code 1 when anything is wrong.
    """
    settings = running_settings()
    secret, mark = _key(settings, key), _anchor(anchor)
    if not secret:
        complain("No key of the seals is known here: only hashes are checked. Name it with --key.")
    if mark is None and not (file and file.suffix == ".zip"):
        complain("Without --anchor nobody can tell whether the newest entries were removed.")
    if file is not None and file.suffix == ".zip":
        found = _told(check_archive(file, secret, mark))
    elif file is not None:
        with file.open(encoding="utf-8") as lines:
            found = _told(check_file(lines, secret, mark))
    else:
        with opened(settings) as database, database.reading() as session:
            found = _told(check_database(session, secret, mark))
    if found:
        raise typer.Exit(1)
    say("The archive is whole." if file and file.suffix == ".zip" else "The log is whole.")


def head() -> None:
    """Where the log stands, as SEQ:HASH; keep it elsewhere and give it to `audit verify --anchor`."""
    with opened(running_settings()) as database, database.reading() as session:
        found = audit.head(session)
    if found is None:
        raise Refused("log_empty", "Nothing was entered yet.", "")
    say(f"{found.seq}:{found.hash}")


def export(file: Target) -> None:
    """Write all entries to a file, which `audit verify FILE` checks without the database."""
    count = 0
    with opened(running_settings()) as database, database.reading() as session, file.open("w", encoding="utf-8") as out:
        for entry in audit.entries(session):
            out.write(entry.model_dump_json() + "\n")
            count += 1
    say(f"{count} entries")


def export_case(case_no: CaseNo, file: Archive = None, chain: Chain = False) -> None:
    """Everything about one case in one archive (zip), the same bytes for the same state; it holds personal data."""
    with opened(running_settings()) as database, database.reading() as session:
        content = archive_of(session, case_no, chain)
    target = file or Path(f"{case_no}.zip")
    target.write_bytes(content)
    say(f"{target}: {len(content)} bytes, sha256 {sha256(content).hexdigest()}")


def _told(faults: Iterable[Fault]) -> int:
    count = 0
    for fault in faults:
        count += 1
        say(f"entry {fault.seq}: {fault.message}" if fault.seq else fault.message)
    if count:
        complain(f"{count} fault{'s' if count > 1 else ''}")
    return count


def _key(settings: Settings, file: Path | None) -> bytes:
    """The key that is named, else that of this installation; looking does not make one."""
    if file is not None:
        return file.read_bytes()
    known = settings.audit_secret is not None or settings.audit_key_file.exists()
    return settings.audit_key() if known else b""


def _anchor(text: str | None) -> Anchor | None:
    if text is None:
        return None
    seq, _, hashed = text.strip().partition(":")
    if not seq.isdigit() or not hashed:
        raise Invalid([Problem("--anchor", f"{text} is no anchor", "write SEQ:HASH as `arrears audit head` prints it")])
    return Anchor(seq=int(seq), hash=hashed)
