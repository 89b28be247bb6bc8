"""Builders of one plausible document of each kind, and a renderer shared by the tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from letters.content import DocumentContent
from letters.glyphs import FontSet
from letters.kinds import REQUIRED, DocumentKind, Part
from letters.parts import (
    BankAccount,
    BuybackClaim,
    CaseReference,
    Claim,
    ClaimAmounts,
    Correction,
    Demand,
    DisputeAnswer,
    DisputeReceipt,
    GuaranteeTerms,
    Issuer,
    Recipient,
    Section,
    Signature,
    Suspension,
    UnpaidInstalment,
    VendorRights,
)
from letters.render import Renderer
from tests.letters.loans import more
from tests.letters.tables import AS_OF, CLAIMED, TABLES

Build = Callable[..., DocumentContent]


def issuer() -> Issuer:
    return Issuer(
        company="远山融资租赁有限公司",
        address="上海市浦东新区滨江大道1200号18层",
        phone="021-5550 0100",
        contact="资产管理部 催收专员",
    )


def reference() -> CaseReference:
    return CaseReference(
        case_no="L-000123-1",
        account_no="L-000123",
        contract_no="YS-2024-0731",
        lessee="江城恒通机械制造有限公司",
        asset="数控立式加工中心 VMC-850 两台",
        signed_on=date(2024, 7, 31),
        guarantee_document="《保证合同》YS-2024-0731-B1",
    )


def claim() -> Claim:
    return Claim(
        amounts=ClaimAmounts(
            overdue_rent=Decimal("72300.05"),
            costs=Decimal("260.00"),
            earlier_penalty=Decimal("118.40"),
            current_penalty=Decimal("345.67"),
            vendor_advance=Decimal("20000.00"),
            total=Decimal("73024.12"),
        ),
        instalments=(
            UnpaidInstalment(
                number=19,
                due=date(2026, 1, 31),
                rent=Decimal("42300.05"),
                paid=Decimal("12300.00"),
                unpaid=Decimal("30000.05"),
                dpd=38,
            ),
            UnpaidInstalment(
                number=20,
                due=date(2026, 2, 28),
                rent=Decimal("42300.00"),
                paid=Decimal("0.00"),
                unpaid=Decimal("42300.00"),
                dpd=10,
            ),
        ),
        dpd=38,
        bucket="31-45天",
    )


def demand() -> Demand:
    account = BankAccount(holder="远山融资租赁有限公司", bank="东海银行上海滨江支行", number="6222 0000 1234 5678")
    return Demand(deadline=date(2026, 3, 17), account=account)


def buyback() -> BuybackClaim:
    return BuybackClaim(
        priced_on=AS_OF,
        rents_due=Decimal("72300.05"),
        rents_to_come=Decimal("126900.00"),
        penalty=Decimal("464.07"),
        costs=Decimal("260.00"),
        unallocated=Decimal("10000.00"),
        adjustment=Decimal("-464.07"),
        reason="协商减免罚息",
        price=Decimal("189460.05"),
        paid=Decimal("89460.05"),
        open=Decimal("100000.00"),
        pay_by=date(2026, 3, 24),
        account=demand().account,
    )


def sections() -> tuple[Section, ...]:
    return (
        Section(
            heading="基本情况",
            text="承租人厂区运转正常，但主要客户回款放缓。\n设备由两班人员操作，保养记录完整。",
        ),
        Section(heading="结论及建议", text="建议继续催收，并同步准备后续法律措施。"),
    )


def correction() -> Correction:
    """A demand notice named the wrong day."""
    return Correction(
        number="ZJ-2026-0007",
        title="租金催收通知书",
        dated=date(2026, 3, 6),
        wrong="原函所列付款期限为2026年3月11日。",
        right="付款期限应为2026年3月21日。",
    )


def build_document(kind: DocumentKind, **changes: object) -> DocumentContent:
    """A complete document of that kind; `changes` replace fields before validation."""
    needed = REQUIRED[kind]
    fields: dict[str, object] = {
        "kind": kind,
        "number": f"YS-{kind.value[:4].upper().replace('_', '')}-2026-0042",
        "as_of": AS_OF,
        "issuer": issuer(),
        "recipient": Recipient(name="江城恒通机械制造有限公司", address="江城市高新区兴业路88号")
        if Part.recipient in needed
        else None,
        "case": reference() if Part.case in needed else None,
        "claim": claim() if Part.claim in needed or kind in CLAIMED else None,
        "demand": demand() if Part.demand in needed else None,
        "vendor_rights": VendorRights(planned=("向承租人发送律师函", "制定资产处置预案"), reply_by=date(2026, 3, 20))
        if Part.vendor_rights in needed
        else None,
        "buyback": buyback() if Part.buyback in needed else None,
        "dispute": DisputeReceipt(received=date(2026, 3, 9), reply_by=date(2026, 3, 23))
        if Part.dispute in needed
        else None,
        "dispute_answer": DisputeAnswer(
            received=date(2026, 3, 9), founded=False, reason="三月五日的付款已计入第19期租金。"
        )
        if Part.dispute_answer in needed
        else None,
        "guarantee": GuaranteeTerms(joint=True, until=date(2026, 9, 30)) if Part.guarantee in needed else None,
        "correction": correction() if Part.correction in needed else None,
        "suspension": Suspension(until=date(2026, 4, 15), evidence=("新签订单合同复印件", "银行回款流水"))
        if Part.suspension in needed
        else None,
        "sections": sections() if Part.sections in needed else (),
        "table": TABLES[kind]() if kind in TABLES else None,
        "signatures": (
            Signature(role="资产管理部负责人", name="顾明远", signed_on=AS_OF),
            Signature(role="风险管理部负责人"),
        ),
    }
    return DocumentContent.model_validate({**fields, **more(kind), **changes})


@pytest.fixture
def build() -> Build:
    return build_document


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(FontSet.bundled())
