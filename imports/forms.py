"""The documented sheets and columns of an import file, with their Chinese and English names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Generic, TypeVar

Row = TypeVar("Row", covariant=True)  # a form is only read


class Kind(Enum):
    """How a cell of a column is read (see `imports.cells`)."""

    TEXT = "text"
    AMOUNT = "amount"
    RATE = "rate"
    COUNT = "whole number"
    DAY = "date"
    YES_NO = "yes or no"
    ZONE = "time zone"
    CHOICE = "one of the listed words"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `default`: value of an empty cell or missing column. personal: never repeated in a message."""

    name: str
    zh: tuple[str, ...]
    kind: Kind = Kind.TEXT
    required: bool = False
    default: object = None
    choices: tuple[tuple[str, str], ...] = ()
    personal: bool = False

    @property
    def label(self) -> str:
        return f"{self.name} ({self.zh[0]})"


@dataclass(frozen=True, slots=True)
class Form(Generic[Row]):
    """One sheet: its names and columns, and the row it is read into (field names are column names)."""

    name: str
    zh: tuple[str, ...]
    row: type[Row]
    columns: tuple[Column, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class AccountLine:
    account_no: str
    contract_no: str
    lease_amount: Decimal
    penalty_rate_per_day: Decimal
    currency: str
    time_zone: str
    product: str
    customer_kind: str
    asset_description: str
    branch: str
    rent_total: Decimal | None
    overdue_amount: Decimal | None
    status: str


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    account_no: str
    instalment_no: int
    due_date: date
    principal: Decimal
    interest: Decimal
    rent: Decimal | None


@dataclass(frozen=True, slots=True)
class PartyLine:
    account_no: str
    party_no: str
    role: str
    name: str
    address: str
    id_number: str
    phone: str
    email: str
    social: str
    buyback_guarantee: bool


@dataclass(frozen=True, slots=True)
class AssetLine:
    account_no: str
    description: str
    asset_no: str
    kind: str
    serial_no: str
    place: str
    tracker: str
    insured_until: date | None
    register_no: str
    registered_on: date | None
    value: Decimal | None
    valued_on: date | None
    released: bool


@dataclass(frozen=True, slots=True)
class PostingLine:
    account_no: str
    receipt_no: str
    kind: str
    value_date: date
    amount: Decimal | None
    reverses: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    account_no: str
    entry: str
    name: str
    outcome: str
    date: date
    end_date: date | None
    document_no: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One row of a payments file; the account may be found by contract number."""

    receipt_no: str
    account_no: str
    contract_no: str
    kind: str
    value_date: date
    amount: Decimal | None
    reverses: str
    reference: str


ROLES = (
    ("lessee", "lessee"), ("承租人", "lessee"), ("borrower", "borrower"), ("借款人", "borrower"),
    ("guarantor", "guarantor"), ("担保人", "guarantor"),
    ("保证人", "guarantor"), ("vendor", "vendor"), ("出卖人", "vendor"), ("供应商", "vendor"),
)  # fmt: skip
POSTING_KINDS = (
    ("payment", "payment"), ("还款", "payment"), ("vendor_advance", "vendor_advance"), ("垫付", "vendor_advance"),
    ("buyback_price", "buyback_price"), ("回购款", "buyback_price"), ("cost", "cost"), ("费用", "cost"),
    ("disposal_proceeds", "disposal_proceeds"), ("处置价款", "disposal_proceeds"),
    ("reversal", "reversal"), ("冲销", "reversal"),
)  # fmt: skip
ENTRIES = (
    ("step", "step"), ("步骤", "step"), ("letter", "letter"), ("函件", "letter"),
    ("hold", "hold"), ("暂停", "hold"), ("suit", "suit"), ("诉讼", "suit"),
)  # fmt: skip
ASSET_KINDS = (
    ("leased_asset", "leased_asset"), ("租赁物", "leased_asset"), ("mortgage", "mortgage"), ("抵押物", "mortgage"),
    ("pledge", "pledge"), ("质押物", "pledge"), ("deposit", "deposit"), ("保证金", "deposit"),
)  # fmt: skip
STATUSES = (("active", "active"), ("在租", "active"), ("closed", "closed"), ("结清", "closed"))
CUSTOMER_KINDS = (
    ("individual", "individual"), ("个人", "individual"), ("自然人", "individual"), ("sole_trader", "sole_trader"),
    ("个体工商户", "sole_trader"), ("company", "company"), ("企业", "company"), ("公司", "company"),
)  # fmt: skip
ACCOUNT = Column("account_no", ("账户编号", "账号"), required=True)

ACCOUNTS = Form(
    "accounts",
    ("账户",),
    AccountLine,
    (
        ACCOUNT,
        Column("contract_no", ("合同编号",), required=True),
        Column("lease_amount", ("租赁本金", "融资金额"), Kind.AMOUNT, required=True),
        Column("penalty_rate_per_day", ("日罚息率",), Kind.RATE, required=True),
        Column("currency", ("币种",), default="CNY"),
        Column("time_zone", ("时区",), Kind.ZONE, default="Asia/Shanghai"),
        Column("product", ("产品",), default="leasing"),
        Column("customer_kind", ("客户类型",), Kind.CHOICE, default="", choices=CUSTOMER_KINDS),
        Column("asset_description", ("租赁物",), default=""),
        Column("branch", ("分支机构", "部门"), default=""),
        Column("rent_total", ("租金总额",), Kind.AMOUNT),
        Column("overdue_amount", ("逾期租金",), Kind.AMOUNT),
        Column("status", ("状态",), Kind.CHOICE, default="active", choices=STATUSES),
    ),
    required=True,
)
SCHEDULE = Form(
    "schedule",
    ("租金计划", "还款计划"),
    InstalmentLine,
    (
        ACCOUNT,
        Column("instalment_no", ("期次", "期数"), Kind.COUNT, required=True),
        Column("due_date", ("应付日", "应还日"), Kind.DAY, required=True),
        Column("principal", ("本金",), Kind.AMOUNT, required=True),
        Column("interest", ("利息",), Kind.AMOUNT, default=Decimal("0.00")),
        Column("rent", ("租金",), Kind.AMOUNT),
    ),
    required=True,
)
PARTIES = Form(
    "parties",
    ("相关方", "当事人"),
    PartyLine,
    (
        ACCOUNT,
        Column("party_no", ("客户编号",), required=True),
        Column("role", ("角色",), Kind.CHOICE, required=True, choices=ROLES),
        Column("name", ("名称", "姓名"), required=True, personal=True),
        Column("address", ("地址",), required=True, personal=True),
        Column("id_number", ("证件号码",), default="", personal=True),
        Column("phone", ("电话",), default="", personal=True),
        Column("email", ("电子邮箱",), default="", personal=True),
        Column("social", ("社交账号", "微信号"), default="", personal=True),
        Column("buyback_guarantee", ("回购担保",), Kind.YES_NO, default=False),
    ),
    required=True,
)
ASSETS = Form(
    "assets",
    ("租赁物清单",),
    AssetLine,
    (
        ACCOUNT,
        Column("description", ("租赁物", "名称"), required=True),
        Column("asset_no", ("资产编号",), default=""),
        Column("kind", ("资产类型",), Kind.CHOICE, default="", choices=ASSET_KINDS),
        Column("serial_no", ("序列号",), default=""),
        Column("place", ("存放地点",), default="", personal=True),
        Column("tracker", ("定位设备号",), default=""),
        Column("insured_until", ("保险到期日",), Kind.DAY),
        Column("register_no", ("登记证明号",), default=""),
        Column("registered_on", ("登记日",), Kind.DAY),
        Column("value", ("评估价值",), Kind.AMOUNT),
        Column("valued_on", ("评估日",), Kind.DAY),
        Column("released", ("已解除",), Kind.YES_NO, default=False),
    ),
)
POSTINGS = Form(
    "postings",
    ("入账",),
    PostingLine,
    (
        ACCOUNT,
        Column("receipt_no", ("流水号",), required=True),
        Column("kind", ("类型",), Kind.CHOICE, default="payment", choices=POSTING_KINDS),
        Column("value_date", ("入账日",), Kind.DAY, required=True),
        Column("amount", ("金额",), Kind.AMOUNT),
        Column("reverses", ("冲销流水号",), default=""),
    ),
)
HISTORY = Form(
    "history",
    ("催收历史",),
    HistoryLine,
    (
        ACCOUNT,
        Column("entry", ("事项类型",), Kind.CHOICE, default="step", choices=ENTRIES),
        Column("name", ("事项",), default=""),
        Column("outcome", ("结果",), default=""),
        Column("date", ("日期",), Kind.DAY, required=True),
        Column("end_date", ("结束日",), Kind.DAY),
        Column("document_no", ("文号", "案号"), default=""),
    ),
)
PAYMENTS = Form(
    "payments",
    ("收款", "收款流水"),
    ReceiptLine,
    (
        Column("receipt_no", ("流水号",), required=True),
        Column("account_no", ("账户编号", "账号"), default=""),
        Column("contract_no", ("合同编号",), default=""),
        Column("kind", ("类型",), Kind.CHOICE, default="payment", choices=POSTING_KINDS),
        Column("value_date", ("入账日",), Kind.DAY, required=True),
        Column("amount", ("金额",), Kind.AMOUNT),
        Column("reverses", ("冲销流水号",), default=""),
        Column("reference", ("附言", "摘要"), default="", personal=True),
    ),
)
FORMS = (ACCOUNTS, SCHEDULE, PARTIES, ASSETS, POSTINGS, HISTORY)
IGNORED_SHEETS = frozenset({"readme", "说明"})
IGNORED_COLUMNS = frozenset({"note", "备注"})
