"""Used policy files stay as they are: policies/HASHES lists the sha256 of each, as sha256sum does."""

from __future__ import annotations

import hashlib
from pathlib import Path

LIST = Path("policies/HASHES")


def changed(root: Path) -> list[str]:
    """One line for each listed policy that is gone or differs, and for each policy that is not listed."""
    listed = read(root)
    present = {str(path.relative_to(root / "policies")) for path in _files(root)}
    faults = [f"policies/{name}: is not in {LIST}; enter it when it is final" for name in sorted(present - set(listed))]
    for name, wanted in sorted(listed.items()):
        if name not in present:
            faults.append(f"policies/{name}: was used and is gone; restore it")
        elif digest(root / "policies" / name) != wanted:
            faults.append(f"policies/{name}: was used and has changed; restore it and write the next version")
    return faults


def _files(root: Path) -> list[Path]:
    """The policies, and the holds they take in by name."""
    return [*(root / "policies").glob("*.yaml"), *(root / "policies" / "holds").glob("*.yaml")]


def read(root: Path) -> dict[str, str]:
    """Name of each listed policy file and its sha256."""
    file = root / LIST
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    return {name: sha for sha, name in (line.split("  ", 1) for line in lines if line)}


def enter(root: Path, name: str) -> None:
    """List a policy file with its present hash. Raises `ValueError` when it is listed with another one."""
    listed, sha = read(root), digest(root / "policies" / name)
    if listed.get(name, sha) != sha:
        raise ValueError(f"policies/{name} was used and must not change: write the next version")
    listed[name] = sha
    text = "".join(f"{value}  {key}\n" for key, value in sorted(listed.items()))
    (root / LIST).write_text(text, encoding="ascii")


def digest(file: Path) -> str:
    """sha256 of a file's bytes, in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
