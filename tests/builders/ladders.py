"""The policies as the demonstration company runs them, and variants of the leasing text."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from domain.events import PolicyPin
from domain.ladder import Ladder
from domain.policy_check import load_ladder

ROOT = Path(__file__).parents[2]
POLICIES = sorted(path.name.removesuffix(".v1.yaml") for path in (ROOT / "policies").glob("*.v1.yaml"))


@lru_cache
def policy_text() -> str:
    """The YAML of the leasing policy."""
    return (ROOT / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")


@lru_cache
def company_text() -> str:
    """The YAML of the demonstration company."""
    return (ROOT / "company" / "demo.yaml").read_text(encoding="utf-8")


@lru_cache
def leasing(*changes: tuple[str, str]) -> Ladder:
    """The leasing ladder; each change replaces a piece of the policy or company text that stands there."""
    policy, company = policy_text(), company_text()
    for old, new in changes:
        if old not in policy + company:
            raise ValueError(f"{old!r} stands in neither file")
        policy, company = policy.replace(old, new), company.replace(old, new)
    return load_ladder(policy, "leasing.yaml", company, "company.yaml")


@lru_cache
def ladder(policy: str, *changes: tuple[str, str]) -> Ladder:
    """Any policy as the demonstration company runs it; each change replaces a piece of either text."""
    text, company = (ROOT / "policies" / f"{policy}.v1.yaml").read_text(encoding="utf-8"), company_text()
    for old, new in changes:
        if old not in text + company:
            raise ValueError(f"{old!r} stands in neither file")
        text, company = text.replace(old, new), company.replace(old, new)
    return load_ladder(text, f"{policy}.yaml", company, "company.yaml")


def pin(ladder: Ladder) -> PolicyPin:
    """What a case remembers of its policy."""
    return PolicyPin(id=ladder.policy.id, version=ladder.policy.version, sha256=ladder.sha256)
