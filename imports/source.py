"""Turns the bytes of a workbook, csv file or zip of csv files into raw tables."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath

from python_calamine import CalamineError, CalamineWorkbook

from imports.faults import Fault

Cell = str | float | int | bool | date | datetime | time | timedelta
OLE = b"\xd0\xcf\x11\xe0"  # the older .xls
ZIP = b"PK\x03\x04"
NAMED = {".xlsx": ("zip",), ".zip": ("zip",), ".xls": ("ole", "zip"), ".csv": ("text",), ".txt": ("text",)}
LARGEST = 500_000_000  # bytes after unpacking; 10,000 accounts with 36 instalments are about 30 million
SAVE_UTF8 = 'save it again as "CSV UTF-8 (comma delimited)" or as .xlsx'


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Table:
    """A raw sheet: its title as written, and all its rows, the header first."""

    title: str
    rows: list[list[Cell]]
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """What a source holds, and what could not be read of it."""

    tables: tuple[Table, ...]
    faults: tuple[Fault, ...]


def fingerprint(files: Sequence[SourceFile]) -> str:
    """sha256 (hex) of a source: of its bytes for one file; of names and bytes, in any order, for several."""
    if len(files) == 1:
        return hashlib.sha256(files[0].content).hexdigest()
    total = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        total.update(f"{file.name}\0{hashlib.sha256(file.content).hexdigest()}\n".encode())
    return total.hexdigest()


def read_tables(files: Sequence[SourceFile]) -> Tables:
    """All sheets of the files; files that cannot be read become blocking faults."""
    tables: list[Table] = []
    faults: list[Fault] = []
    for file in files:
        for found in _read(file):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                tables.append(found)
    return Tables(tuple(tables), tuple(faults))


def _read(file: SourceFile) -> Iterator[Table | Fault]:
    said = PurePosixPath(file.name.replace("\\", "/")).suffix.lower()
    if not file.content.strip():
        yield _unreadable(file.name, "an empty file", "a workbook or csv file", "export it again")
    elif _kind(file.content) not in NAMED.get(said, (_kind(file.content),)):
        found = f"a file named {said} that is none"
        yield _unreadable(file.name, found, "a file that is what its name says", "export it again")
    elif file.content.startswith(ZIP):
        yield from _zipped(file)
    elif file.content.startswith(OLE):
        yield from _workbook(file)
    else:
        yield _csv(file.name, file.content)


def _kind(content: bytes) -> str:
    return "zip" if content.startswith(ZIP) else "ole" if content.startswith(OLE) else "text"


def _unreadable(sheet: str, found: str, expected: str, remedy: str) -> Fault:
    return Fault(sheet, None, None, found, expected, remedy, blocking=True)


def _zipped(file: SourceFile) -> Iterator[Table | Fault]:
    """An .xlsx is a zip too; any other zip holds csv files."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST:
                yield _unreadable(file.name, "a file too large to unpack", f"at most {LARGEST:,} bytes", "split it")
            elif archive.testzip() is not None:  # also one that unpacks to more than it says
                yield _unreadable(file.name, "a damaged file", "a workbook or zip", "export it again")
            elif any(info.filename == "[Content_Types].xml" for info in archive.infolist()):
                yield from _workbook(file)
            else:
                yield from _members(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):  # damaged, or with a password
        yield _unreadable(file.name, "a damaged file", "a workbook or zip", "export it again")


def _members(archive: zipfile.ZipFile) -> Iterator[Table | Fault]:
    for info in archive.infolist():
        name = _member_name(info)
        if info.is_dir() or PurePosixPath(name).name.startswith((".", "__")) or name.startswith("__MACOSX"):
            continue
        yield _csv(name, archive.read(info))


def _member_name(info: zipfile.ZipInfo) -> str:
    """Chinese file names in zips made on Windows are GB18030 without saying so."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _workbook(file: SourceFile) -> Iterator[Table | Fault]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(file.content)) as book:
            for name in book.sheet_names:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                yield Table(name, rows)
    except CalamineError:
        yield _unreadable(file.name, "a damaged or protected workbook", "a workbook without password", "save it again")


def _csv(name: str, content: bytes) -> Table | Fault:
    title = PurePosixPath(name.replace("\\", "/")).stem
    decoded = _decoded(content)
    if decoded is None:
        return _unreadable(name, "text in an unknown encoding", "UTF-8 or GB18030", SAVE_UTF8)
    text, encoding = decoded
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows: list[list[Cell]] = [
            list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        ]
    except csv.Error:
        return _unreadable(name, "an open or misplaced quotation mark", "a csv file", "save it again as CSV")
    return Table(title, rows, encoding)


def _decoded(content: bytes) -> tuple[str, str] | None:
    """The text and its encoding. UTF-8 first: GB18030 text is practically never valid UTF-8 by chance."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _is_nonsense(text) else (text, encoding)
    return None


def _is_nonsense(text: str) -> bool:
    """NULs (UTF-16) or private-use characters: decoded without error, yet not what was written."""
    return "\0" in text or any("\ue000" <= char <= "\uf8ff" for char in text)
