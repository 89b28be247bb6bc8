"""The statement of a vendor as a workbook or a PDF: a line per account, the sums per currency under them."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import xlsxwriter

from letters.render import Renderer
from letters.view import View, plain
from store.buybacks import VendorStatement

HEADS: Final = (
    "账户编号", "合同编号", "币种", "回购担保", "垫付金额", "要求回购日", "回购价款", "已付回购款", "未付回购款",
    "已履行回购",
)  # fmt: skip
MONEY: Final = "#,##0.00"
TITLE: Final = "出卖人对账单"


def statement_xlsx(statement: VendorStatement) -> bytes:
    """The workbook; amounts are numbers, days are dates, nothing is a formula."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": MONEY})
        total, day = book.add_format({"bold": True, "num_format": MONEY}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(TITLE)
        sheet.set_column(0, len(HEADS) - 1, 16)
        sheet.write_string(0, 0, f"{TITLE}：{statement.name}（{statement.party}），截至 {statement.as_of}", bold)
        sheet.write_row(2, 0, HEADS, bold)
        line = 3
        for one in statement.accounts:
            sheet.write_string(line, 0, one.account_no)
            sheet.write_string(line, 1, one.contract_no)
            sheet.write_string(line, 2, one.currency)
            sheet.write_string(line, 3, "是" if one.buyback_guarantee else "否")
            sheet.write_number(line, 4, float(one.advanced), money)
            if one.claimed is not None and one.claimed_on is not None:
                sheet.write(line, 5, one.claimed_on, day)
                sheet.write_number(line, 6, float(one.claimed), money)
            sheet.write_number(line, 7, float(one.paid), money)
            sheet.write_number(line, 8, float(one.open), money)
            sheet.write_string(line, 9, "是" if one.bought_back else "否")
            line += 1
        for sums in statement.totals:
            sheet.write_string(line, 0, "合计", bold)
            sheet.write_string(line, 2, sums.currency, bold)
            for column, amount in ((4, sums.advanced), (6, sums.claimed), (7, sums.paid), (8, sums.open)):
                sheet.write_number(line, column, float(amount), total)
            line += 1
    return content.getvalue()


def statement_pdf(renderer: Renderer, company: str, statement: VendorStatement) -> bytes:
    """The same in the name of the company, byte for byte the same each time. Raises MissingGlyphs."""
    data: dict[str, View] = {
        "title": TITLE,
        "issuer": {"company": company},
        "case": None,
        "number": f"{statement.party}/{statement.as_of:%Y%m%d}",
        "as_of": plain(statement.as_of),
        "vendor": statement.name,
        "party": statement.party,
        "accounts": plain(statement.accounts),
        "totals": plain(statement.totals),
    }
    return renderer.typeset("vendor_statement", renderer.checked(data), statement.as_of)
