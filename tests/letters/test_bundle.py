"""The evidence file as one PDF: an index whose pages are right, papers behind it, the same bytes each time."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from letters.bundle import ClockRow, EvidenceContent, Exhibit, ScheduleRow, bind
from letters.glyphs import FontSet
from letters.parts import CaseReference, Issuer
from letters.render import Renderer


@pytest.fixture(scope="module")
def typesetter() -> Renderer:
    return Renderer(FontSet.bundled())


CONTENT = EvidenceContent(
    case=CaseReference(case_no="L-1-1", account_no="L-1", contract_no="C-1", lessee="示范机械有限公司", asset="机床"),
    issuer=Issuer(company="示范融资租赁有限公司", address="上海", phone="021", contact="法律合规部"),
    number="L-1-1/20260417",
    as_of=date(2026, 4, 17),
    claim=None,
    penalty=(),
    schedule=(
        ScheduleRow(number=1, due=date(2026, 3, 2), principal=Decimal(100), interest=Decimal(5), unpaid=Decimal(0)),
    ),
    postings=(),
    contacts=(),
    letters=(),
    clocks=(ClockRow(name="诉讼时效", ends="2029-03-02", grounds="无"),),
    gaps=("租赁物交付验收凭证",),
)


def picture() -> bytes:
    """A small PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes([200, 220, 240] * 60) for _ in range(40))
    size = struct.pack(">IIBBBBB", 60, 40, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )  # fmt: skip


def test_the_index_says_where_each_paper_begins(typesetter: Renderer) -> None:
    paper = bind(typesetter, CONTENT, []).pdf
    pages = len(PdfReader(BytesIO(paper)).pages)
    papers = [
        Exhibit("融资租赁合同", "合同关系", "att-1", paper, "application/pdf", "ab" * 32),
        Exhibit("送达凭证", "已送达", "att-2", picture(), "image/png", "cd" * 32),
        Exhibit("其他材料", "其他", "att-3", b"%PDF-1.4 broken", "application/pdf", "ef" * 32),
    ]
    first, again = bind(typesetter, CONTENT, papers), bind(typesetter, CONTENT, papers)
    assert (first.sha256, first.pages) == (again.sha256, 2 * pages + 1)
    reader = PdfReader(BytesIO(first.pdf))
    index = "".join(page.extract_text() for page in reader.pages[:pages]).replace(" ", "")
    marks = {
        str(one.title): reader.get_destination_page_number(one) for one in reader.outline if not isinstance(one, list)
    }
    assert marks == {"融资租赁合同": pages, "送达凭证": 2 * pages}
    assert f"att-1{pages}{pages + 1}" in index.replace("\n", "")
    assert f"att-21{2 * pages + 1}" in index.replace("\n", "")
    assert "无法读取" in index.replace("\n", "") and "尚缺1项材料" in index and "租赁物交付验收凭证" in index
