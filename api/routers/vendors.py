"""Vendors: what each has advanced, what was claimed from them, and what they owe."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.auth import Reader
from api.deps import Needs
from api.ladders import ladder_of_pin
from api.problems import problems
from api.schemas import AsOf, Number
from api.vendor_statement import statement_pdf, statement_xlsx
from domain.buyback import BuybackPrice, buyback_price
from domain.errors import Refused
from letters.glyphs import MissingGlyphs
from store import cases
from store.account_facts import account_facts
from store.buybacks import VendorStatement, vendor_statement

router = APIRouter(tags=["出卖人 vendors"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


class BuybackPriceView(BaseModel):
    """What performance of the buyback would cost, line by line; a claim may state another total, with the reason."""

    price: BuybackPrice
    total: Decimal


@router.get("/vendors/{party_id}/statement", responses=problems("unknown_vendor"))
def get_vendor_statement(party_id: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> VendorStatement:
    """Advances, buyback claims, what was paid of them and what is open, account by account."""
    with deps.database.reading() as session:
        return vendor_statement(session, party_id, as_of or deps.today())


@router.get(
    "/vendors/{party_id}/statement.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "The workbook."}, **problems("unknown_vendor")},
)
def get_vendor_statement_file(party_id: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> Response:
    """The same as a workbook."""
    with deps.database.reading() as session:
        found = vendor_statement(session, party_id, as_of or deps.today())
    return _file(statement_xlsx(found), XLSX, f"vendor-{party_id}-{found.as_of}.xlsx")


@router.get(
    "/vendors/{party_id}/statement.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "The PDF."}, **problems("unknown_vendor", "no_draft")},
)
def get_vendor_statement_pdf(party_id: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> Response:
    """The same as a PDF in the name of the company."""
    with deps.database.reading() as session:
        found = vendor_statement(session, party_id, as_of or deps.today())
    try:
        pdf = statement_pdf(deps.drafts.renderer, deps.policies.company.name["zh"], found)
    except MissingGlyphs as fault:
        raise Refused("no_draft", str(fault), "Correct the characters that no font has.") from fault
    return _file(pdf, PDF, f"vendor-{party_id}-{found.as_of}.pdf")


@router.get("/cases/{case_no}/buyback-price", responses=problems("unknown_case", "not_ready"))
def get_buyback_price(case_no: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> BuybackPriceView:
    """The price a claim would name: all rents unpaid, due or not, penalty interest and costs."""
    with deps.database.reading() as session:
        case, pins = cases.snapshot_of(session, case_no), cases.pins_of(session, case_no)
        if case is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "")
        ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
        if ladder is None:
            raise Refused("not_ready", "The case is just being opened.", "Try again in a moment.")
        price = buyback_price(account_facts(session, case.account_no), as_of or deps.today(), ladder.terms)
    return BuybackPriceView(price=price, total=price.total)


def _file(content: bytes, media_type: str, name: str) -> Response:
    attached = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": attached, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)
