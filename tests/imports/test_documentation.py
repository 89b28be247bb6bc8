"""Every sheet, column and word that an import understands stands in docs/import.md."""

from __future__ import annotations

from imports.control import ITEMS
from imports.forms import FORMS, PAYMENTS
from tests.imports.files import ROOT


def test_every_sheet_and_column_is_documented() -> None:
    text = (ROOT / "docs" / "import.md").read_text("utf-8")
    for form in (*FORMS, PAYMENTS):
        section = text.split(f"\n### {form.name} (")[1].split("\n### ")[0]
        for column in form.columns:
            line = next((line for line in section.splitlines() if line.startswith(f"| `{column.name}` |")), "")
            assert all(name in line for name in column.zh), f"{form.name}: {column.name}"
            assert all(word in line for word, _ in column.choices), f"{form.name}: {column.name}"


def test_every_item_of_the_control_sheet_is_documented() -> None:
    text = (ROOT / "docs" / "import.md").read_text("utf-8").split("\n### control (")[1]
    for item, chinese in ITEMS.items():
        assert all(f"| `{item}` | {name} |" in text for name in chinese)
