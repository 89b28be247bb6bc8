"""Size budget: files of at most 300 lines, functions of at most 40; lists every violation."""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.tracked import ROOT, tracked_files

MAX_FILE = 300
MAX_FUNCTION = 40


@dataclass(frozen=True)
class Sizes:
    """Lines of each file and of each function, by place."""

    files: dict[str, int]
    functions: dict[str, int]

    def violations(self) -> list[str]:
        """One line each: place, size, what is allowed."""
        files = [f"{place}: {n} lines, at most {MAX_FILE}" for place, n in self.files.items() if n > MAX_FILE]
        functions = [
            f"{place}: {n} lines, at most {MAX_FUNCTION}" for place, n in self.functions.items() if n > MAX_FUNCTION
        ]
        return files + functions


def measure(root: Path) -> Sizes:
    """Sizes of all Python files of the repository at `root`."""
    files: dict[str, int] = {}
    functions: dict[str, int] = {}
    for path in tracked_files(root):
        if path.suffix == ".py":
            text = (root / path).read_text(encoding="utf-8")
            files[str(path)] = len(text.splitlines())
            functions.update({f"{path}:{line} {name}": n for line, name, n in _functions(text)})
    return Sizes(files, functions)


def _functions(text: str) -> Iterator[tuple[int, str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def main(root: Path = ROOT) -> int:
    """Print violations and medians; 1 when there is a violation."""
    sizes = measure(root)
    for violation in (found := sizes.violations()):
        print(violation)
    print(
        f"{len(sizes.files)} files, median {_median(sizes.files)} lines; "
        f"{len(sizes.functions)} functions, median {_median(sizes.functions)} lines; {len(found)} too long"
    )
    return 1 if found else 0


def _median(sizes: dict[str, int]) -> int:
    return int(statistics.median(sizes.values())) if sizes else 0


if __name__ == "__main__":
    sys.exit(main())
