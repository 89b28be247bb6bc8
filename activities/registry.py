"""The policies a worker knows, by content: files of the policies folder joined with every company file ever used."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from domain.errors import ArrearsError, Invalid, Problem
from domain.events import PolicyPin
from domain.ladder import Ladder
from domain.policy import Company
from domain.policy_check import load_ladder
from domain.policy_file import digest, parse_company, parse_policy, read_source


class UnknownPolicy(ArrearsError):
    """A case is pinned to a policy or settings this worker has no file of; it waits until one arrives."""


@dataclass
class Policies:
    """All policy texts by sha256, all company texts by sha256, and the company file now in force.

    Raises Invalid on construction, with every fault, when a policy and the current company settings do not fit.
    """

    policy_texts: dict[str, tuple[str, str]]
    company_texts: dict[str, tuple[str, str]]
    company_sha: str
    always_open: bool = False
    earlier_policies: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    _ladders: dict[tuple[str, str], Ladder] = field(default_factory=dict[tuple[str, str], Ladder])

    @classmethod
    def from_files(
        cls,
        folder: Path,
        company_file: Path,
        earlier_companies: dict[str, str] | None = None,
        always_open: bool = False,
        earlier_policies: dict[str, str] | None = None,
    ) -> Policies:
        """Read the folder of policies and the company file; the `earlier` texts were used before, by sha256.

        A running case keeps its policy even when the file in the folder was changed or removed (S8).

        always_open: no contact hours, for a business clock on which an hour is less than a second.
        """
        policy_texts = {digest(text): (path.name, text) for path, text in _texts(sorted(folder.glob("*.yaml")))}
        company_text = company_file.read_text(encoding="utf-8")
        companies = {sha: ("earlier settings", text) for sha, text in (earlier_companies or {}).items()}
        companies[digest(company_text)] = (company_file.name, company_text)
        earlier = {sha: ("earlier policy", text) for sha, text in (earlier_policies or {}).items()}
        found = cls(policy_texts, companies, digest(company_text), always_open, earlier)
        found.check()
        return found

    def check(self) -> None:
        """Load every policy that the company has settings for."""
        problems: list[Problem] = []
        for sha in self.policy_texts:
            try:
                if self._policy_id(sha) in self.company.policies:
                    self._load(sha, self.company_sha)
            except Invalid as fault:
                problems += fault.problems
        if problems:
            raise Invalid(problems)

    @cached_property
    def company(self) -> Company:
        """The company settings now in force."""
        name, text = self.company_texts[self.company_sha]
        return parse_company(read_source(text, name))

    @cached_property
    def ids(self) -> dict[str, str]:
        """The newest version of each policy this company uses: id -> sha256."""
        found: dict[str, tuple[int, str]] = {}
        for sha, (name, text) in self.policy_texts.items():
            policy = parse_policy(read_source(text, name))
            if policy.id in self.company.policies and found.get(policy.id, (0, ""))[0] < policy.version:
                found[policy.id] = (policy.version, sha)
        return {name: sha for name, (_, sha) in found.items()}

    def current(self, policy_id: str) -> Ladder:
        """The newest version of a policy with the settings in force. Raises UnknownPolicy."""
        if policy_id not in self.ids:
            raise UnknownPolicy(f"no policy {policy_id} with company settings")
        return self._load(self.ids[policy_id], self.company_sha)

    def pin(self, policy_id: str) -> PolicyPin:
        """The pin a new case gets."""
        ladder = self.current(policy_id)
        return PolicyPin(id=ladder.policy.id, version=ladder.policy.version, sha256=ladder.sha256)

    def ladder(self, pin: PolicyPin, settings_id: str) -> Ladder:
        """The ladder of exactly that policy and those settings (empty: those in force). Raises UnknownPolicy."""
        return self._load(pin.sha256, settings_id or self.company_sha)

    def _load(self, policy_sha: str, company_sha: str) -> Ladder:
        found = self._ladders.get((policy_sha, company_sha))
        if found is None:
            known = self.earlier_policies | self.policy_texts
            if policy_sha not in known or company_sha not in self.company_texts:
                raise UnknownPolicy(f"no file of policy {policy_sha[:12]} with settings {company_sha[:12]}")
            name, text = known[policy_sha]
            company_name, company_text = self.company_texts[company_sha]
            found = load_ladder(text, name, company_text, company_name)
            if self.always_open:
                hours = found.policy.contact_hours.model_copy(update={"to": found.policy.contact_hours.from_})
                found = replace(found, policy=found.policy.model_copy(update={"contact_hours": hours}))
            self._ladders[policy_sha, company_sha] = found
        return found

    def _policy_id(self, sha: str) -> str:
        name, text = self.policy_texts[sha]
        return parse_policy(read_source(text, name)).id


def _texts(paths: list[Path]) -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in paths]
