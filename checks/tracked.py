"""Which files belong to the repository: what git would commit; without git, all but the ignored folders."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = {".git", ".venv", "var", "build", "dist", "node_modules", "__pycache__"}


def tracked_files(root: Path = ROOT) -> list[Path]:
    """Existing files, sorted, as paths below `root`; new ones that are not ignored count too."""
    listed = _from_git(root) if (root / ".git").exists() else None
    paths = _from_disk(root) if listed is None else listed
    return sorted(path for path in paths if (root / path).is_file())


def _from_git(root: Path) -> list[Path] | None:
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git here, or it refuses another user's folder
        return None
    return [Path(name) for name in done.stdout.split("\0") if name]


def _from_disk(root: Path) -> list[Path]:
    found: list[Path] = []
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        own = not NOT_OURS.intersection(relative.parts)
        if own and not any(part.endswith((".egg-info", "_cache")) for part in relative.parts):
            found.append(relative)
    return found
