"""The texts people wrote for a report, taken out by heading; what nobody gave stays visible as missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from activities.content.words import LINE, TEXT, UNREPORTED, line
from domain import evidence
from letters.parts import Section

DAY = re.compile(r"^\s*(\d{4})\s*[-/年.]\s*(\d{1,2})\s*[-/月.]\s*(\d{1,2})\s*日?\s*$")
CELLS = re.compile(r"[|｜;；\t]")


class Written:
    """Sections by heading in their order. What is taken into a field or table does not appear again as text."""

    def __init__(self, sections: Iterable[evidence.Section]) -> None:
        self._texts: dict[str, str] = {}
        for section in sections:
            heading = "说明" if not section.heading.strip() else line(section.heading)
            text = section.text.strip()
            self._texts[heading] = "\n".join(part for part in (self._texts.get(heading, ""), text) if part)

    def take(self, heading: str) -> str:
        """The text under a heading; empty if nobody wrote one."""
        return self._texts.pop(heading, "")

    def take_line(self, heading: str) -> str:
        """A short text for a field of a table; a longer one stays a section and the field refers to it."""
        text = self._texts.get(heading, "")
        if len(text) > LINE or "\n" in text:
            return "见正文"
        return line(self.take(heading))

    def take_day(self, heading: str) -> date | None:
        """A date such as 2026-03-09 or 2026年3月9日; another text stays a section."""
        found = as_day(self._texts.get(heading, ""))
        if found:
            self.take(heading)
        return found

    def take_yes_no(self, heading: str) -> bool | None:
        """是 or 否; another text stays a section."""
        answer = {"是": True, "否": False}.get(self._texts.get(heading, "").strip())
        if answer is not None:
            self.take(heading)
        return answer

    def take_rows(self, heading: str) -> list[list[str]]:
        """Rows of cells: one row per line, cells separated by | or ；."""
        lines = [row for row in self.take(heading).splitlines() if row.strip()]
        return [[cell.strip() for cell in CELLS.split(row)] for row in lines]

    def sections(self, wanted: Sequence[str] = (), known: dict[str, str] | None = None) -> tuple[Section, ...]:
        """The wanted headings first, each with what was written, else what is known, else 未填报; then the others."""
        known = known or {}
        first = [(heading, self.take(heading) or known.get(heading, "") or UNREPORTED) for heading in wanted]
        others = [(heading, text or UNREPORTED) for heading, text in self._texts.items()]
        return tuple(section for heading, text in first + others for section in split_section(heading, text))


def split_section(heading: str, text: str) -> tuple[Section, ...]:
    """A section, or several when the text is longer than one holds."""
    parts = [text[start : start + TEXT] for start in range(0, len(text), TEXT)] or [UNREPORTED]
    titles = [heading] + [f"{line(heading, LINE - 10)}（续{index}）" for index in range(1, len(parts))]
    return tuple(
        Section(heading=name, text=part.strip() or UNREPORTED) for name, part in zip(titles, parts, strict=True)
    )


def as_day(text: str) -> date | None:
    """The date a text states, None if it states none."""
    found = DAY.match(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None
