"""What the application is made of, and how handlers get it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from activities.contact_gate import ContactGate
from activities.contents import Writer
from activities.evidence import EvidenceDesk
from activities.registry import Policies
from activities.texts import Texts
from api.acts import act_of
from api.cases import Cases, Intake
from api.complaints import Complaints
from api.suits import Suits
from domain.base import local_date
from domain.clock import Clock
from domain.quality import Checker
from gateways.contract import Gateway
from gateways.esign import NoSigning
from gateways.voice import NoDialler
from settings import Settings
from store.session import Database

Probe = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds, counts."""

    attachment: int = 10 * 1024 * 1024
    import_file: int = 64 * 1024 * 1024
    recording: int = 64 * 1024 * 1024
    body: int = 1024 * 1024
    command_seconds: float = 3.0
    bulk_at_once: int = 10
    events_every: float = 1.0
    probe_seconds: float = 2.0


@dataclass(frozen=True)
class Deps:
    """Everything the API uses, given once.

    clock: business time; wall: real time, for tokens and signatures.
    gateways: name -> a call that raises when it is down. caller: dials; checker: judges recordings, None: built in.
    signer: has papers signed by customers.
    """

    database: Database
    cases: Cases
    intake: Intake
    complaints: Complaints
    suits: Suits
    clock: Clock
    wall: Clock
    settings: Settings
    policies: Policies
    drafts: Writer
    evidence: EvidenceDesk
    gate: ContactGate
    texts: Texts
    caller: Gateway = field(default_factory=NoDialler)
    signer: Gateway = field(default_factory=NoSigning)
    checker: Checker | None = None
    gateways: Mapping[str, Probe] = field(default_factory=dict[str, Probe])
    time_zone: str = "Asia/Shanghai"
    limits: Limits = field(default_factory=Limits)

    def today(self) -> date:
        """The business day of the installation."""
        return local_date(self.clock.now(), self.time_zone)


def _deps(request: Request) -> Deps:
    """What a handler writes is entered in the audit log as the act of this request."""
    deps: Deps = request.app.state.deps
    return replace(deps, database=deps.database.acting(act_of(request, deps.clock)))


Needs = Annotated[Deps, Depends(_deps)]
