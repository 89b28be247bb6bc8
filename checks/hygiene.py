"""Refuses registry addresses, machine paths, open ends, skipped tests and changed policies."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.policy_hashes import changed, enter
from checks.tracked import ROOT, tracked_files

BINARY = {".xlsx", ".pdf", ".png", ".ttf", ".otf", ".gz", ".ico", ".woff2"}


@dataclass(frozen=True)
class Ban:
    """A pattern nobody may commit, with the reason; `only` narrows it to files whose path ends so."""

    pattern: re.Pattern[str]
    reason: str
    only: tuple[str, ...] = ("",)


# The patterns are split so that this file does not match itself.
BANS = (
    Ban(
        re.compile(r"(pypi\.|pythonhosted\.|npmjs\.|npmmirror\.|registry" + r"\.yarnpkg)\w+"),
        "a registry's address",
    ),
    Ban(
        re.compile(r"--(extra-)?index" + r"-url|--find" + r"-links"),
        "a package source",
        (".lock", ".txt", ".in"),
    ),
    Ban(
        re.compile(r"(?<![\w.$}])/(home/\w|Users/\w|root" + r"/|work/|opt/\w+/simple)"),
        "a path of one machine",
    ),
    Ban(re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b"), "an open end: finish it, or open an issue"),
    Ban(
        re.compile(r"\b(pytest\.(mark\.)?(skip|skipif|x" + r"fail|importorskip)|unittest\.skip)\b"),
        "a test that may not run: make it run, or delete it",
        (".py",),
    ),
    Ban(re.compile("[\U0001f300-\U0001faff]"), "an emoji", (".md", ".yaml", ".typ")),
)


def findings(root: Path, paths: Sequence[Path]) -> Iterator[str]:
    """One line per violation: place, what was found, why it is refused."""
    for path in paths:
        if path.suffix in BINARY:
            continue
        bans = [ban for ban in BANS if str(path).endswith(ban.only)]
        for number, line in enumerate(
            (root / path).read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            for ban in bans:
                if match := ban.pattern.search(line):
                    yield f"{path}:{number}: {match.group()!r} is {ban.reason}"


def main(words: Sequence[str], root: Path = ROOT) -> int:
    """Check the named files, or all and the policies; `--enter FILE` lists a policy. 1: something is bad."""
    if words and words[0] == "--enter":
        file = Path(words[1])
        enter(root, f"holds/{file.name}" if file.parent.name == "holds" else file.name)
        return 0
    paths = [Path(word) for word in words] or tracked_files(root)
    found = [*findings(root, paths), *([] if words else changed(root))]
    for line in found:
        print(line)
    print(f"{len(paths)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
