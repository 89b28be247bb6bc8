"""A file of staff: who works here, in which roles, where, and what they can; checked before anything is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pydantic import Field, StrictInt

from domain.base import Frozen
from domain.errors import Invalid, Problem
from domain.policy_file import Source, parse_model, read_source

NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"


class StaffEntry(Frozen):
    """One person. id: their login and their name in the record. branch, region: without them, anywhere.

    capacity: most cases they are given by rule; without it, any number.
    """

    id: str = Field(pattern=NAME)
    name: str = Field(min_length=1)
    roles: tuple[str, ...] = Field(min_length=1)
    branch: str = ""
    region: str = ""
    skills: tuple[str, ...] = ()
    capacity: StrictInt | None = Field(default=None, ge=0)


class StaffFile(Frozen):
    """regions: the branches of each."""

    regions: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    staff: tuple[StaffEntry, ...] = Field(min_length=1)

    @property
    def region_of(self) -> dict[str, str]:
        """The region of each branch."""
        return {branch: region for region, branches in self.regions.items() for branch in branches}


def load_staff(text: str, name: str, roles: Collection[str]) -> StaffFile:
    """The file, if everybody in it has roles that exist. Raises Invalid with every fault, its line and a remedy.

    roles: of the policies in use, and those of the installation.
    """
    source = read_source(text, name)
    found = parse_model(StaffFile, source)
    problems = [*_twice(found, source), *_unknown(found, source, roles)]
    if problems:
        raise Invalid(problems)
    return found


def _twice(found: StaffFile, source: Source) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(found.staff):
        if entry.id in seen:
            yield Problem(source.place(("staff", index, "id")), f"{entry.id} stands twice", "keep one of them")
        seen.add(entry.id)
    branches: set[str] = set()
    for region, names in found.regions.items():
        for branch in names:
            if branch in branches:
                yield Problem(source.place(("regions", region)), f"{branch} is in two regions", "name it in one")
            branches.add(branch)


def _unknown(found: StaffFile, source: Source, roles: Collection[str]) -> Iterator[Problem]:
    for index, entry in enumerate(found.staff):
        for role in entry.roles:
            if role not in roles:
                place = source.place(("staff", index, "roles"))
                yield Problem(place, f"unknown role {role}", "name a role of a policy in use, administrator or auditor")
        if entry.region and entry.region not in found.regions:
            place = source.place(("staff", index, "region"))
            yield Problem(place, f"unknown region {entry.region}", f"one of: {', '.join(found.regions) or 'none'}")
