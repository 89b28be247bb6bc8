"""The policies a worker knows, by content: files of the policies folder joined with every company file ever used."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from domain.assignment import AssignmentSubject, policy_for
from domain.assignment_check import check_assignment
from domain.errors import Invalid, Problem, UnknownPolicy
from domain.events import PolicyPin
from domain.ladder import Ladder
from domain.layer import LayerInForce
from domain.layer_file import layers_in_force
from domain.limitation import DEMANDS, ClockRules
from domain.policy import Company, Role
from domain.policy_check import load_ladder
from domain.policy_file import Source, digest, parse_company, parse_policy, read_source
from domain.standing import Terms


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
    layer_texts: dict[str, str] | None = None  # by file name; None: there is no folder of layers, so none are run
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
        layers = {f"layers/{path.name}": text for path, text in _texts(sorted(folder.glob("layers/*.yaml")))} or None
        found = cls(policy_texts, companies, digest(company_text), always_open, earlier, layers)
        found.check()
        return found

    def check(self) -> None:
        """Load every policy that the company has settings for, and see that each account would get one of them."""
        problems = [*check_assignment(self.company, self._company_source), *self._without_file()]
        for sha in self.policy_texts:
            try:
                if self._policy_id(sha) in self.company.policies:
                    self._load(sha, self.company_sha)
            except Invalid as fault:
                problems += fault.problems
        try:
            _ = self.layers
        except Invalid as fault:
            problems += fault.problems
        if problems:
            raise Invalid(list(dict.fromkeys(problems)))

    def _without_file(self) -> list[Problem]:
        """Entries of the assignment whose policy has settings but no file."""
        found: list[Problem] = []
        for index, rule in enumerate(self.company.assignment):
            if rule.policy in self.company.policies and rule.policy not in self.ids:
                place = self._company_source.place(("assignment", index))
                remedy = "put its file into the folder of policies, or remove the entry"
                found.append(Problem(place, f"there is no file of the policy {rule.policy}", remedy))
        return found

    @cached_property
    def _company_source(self) -> Source:
        name, text = self.company_texts[self.company_sha]
        return read_source(text, name)

    @cached_property
    def company(self) -> Company:
        """The company settings now in force."""
        return parse_company(self._company_source)

    @cached_property
    def layers(self) -> dict[str, LayerInForce]:
        """The layers in force, by name. Raises Invalid with every fault."""
        texts = self.layer_texts
        return {} if texts is None else layers_in_force(texts, self.company, self._company_source)

    @cached_property
    def ids(self) -> dict[str, str]:
        """The newest version of each policy this company uses: id -> sha256."""
        newest = {policy_id: sha for (policy_id, _), sha in sorted(self.versions.items())}
        return {policy_id: newest[policy_id] for policy_id in self.company.policies if policy_id in newest}

    @cached_property
    def versions(self) -> dict[tuple[str, int], str]:
        """Every policy file of the folder: (id, version) -> sha256."""
        found: dict[tuple[str, int], str] = {}
        for sha, (name, text) in self.policy_texts.items():
            policy = parse_policy(read_source(text, name))
            found.setdefault((policy.id, policy.version), sha)
        return found

    @cached_property
    def clocks(self) -> ClockRules:
        """What limitation and guarantors' periods are read by: the company's terms, the steps that send a demand."""
        steps = (step for policy_id in self.ids for step in self.current(policy_id).steps)
        sends = {step.id: step.rule.send for step in steps}
        demand_steps = {name: send.to for name, send in sends.items() if send and send.document in DEMANDS}
        return ClockRules(terms=self.company.limitation, demand_steps=demand_steps)

    def current(self, policy_id: str) -> Ladder:
        """The newest version of a policy with the settings in force. Raises UnknownPolicy."""
        if policy_id not in self.ids:
            raise UnknownPolicy(f"no policy {policy_id} with company settings")
        return self._load(self.ids[policy_id], self.company_sha)

    def pin(self, policy_id: str, version: int | None = None) -> PolicyPin:
        """The pin a new case gets, or that of a named version. Raises UnknownPolicy."""
        if version is None:
            ladder = self.current(policy_id)
        elif (sha := self.versions.get((policy_id, version))) and policy_id in self.ids:
            ladder = self._load(sha, self.company_sha)
        else:
            raise UnknownPolicy(f"no version {version} of {policy_id} with company settings")
        return PolicyPin(id=ladder.policy.id, version=ladder.policy.version, sha256=ladder.sha256)

    def __contains__(self, policy_id: object) -> bool:
        """Whether the policy is in use."""
        return policy_id in self.ids

    def policy_of(self, account: AssignmentSubject) -> str:
        """The policy that a new case of the account runs under: a person's choice, else the company's assignment."""
        return policy_for(self.company.assignment, self.ids, account)

    def terms(self, policy_id: str) -> Terms:
        """How a policy reads a ledger. Raises UnknownPolicy."""
        return self.current(policy_id).terms

    def ladder_of(self, account: AssignmentSubject) -> Ladder:
        """The newest version of the policy of an account."""
        return self.current(self.policy_of(account))

    @property
    def roles(self) -> dict[str, Role]:
        """The roles of every policy and layer in use; one that several name is described by the first of them."""
        found: dict[str, Role] = {}
        named = [self.current(policy_id).policy.roles for policy_id in self.ids]
        for roles in (*named, *(layer.layer.roles for layer in self.layers.values())):
            found |= {name: role for name, role in roles.items() if name not in found}
        return found

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
