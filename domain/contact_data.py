"""What was found wrong with a number or an address, and what somebody is then asked to find out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from domain.base import Frozen
from domain.conduct import Channel
from domain.errors import Refused

ContactFinding = Literal["dead_number", "returned_mail", "returned_email", "address_wrong", "address_unverified"]
ContactField = Literal["phone", "email", "address"]
SHAPES: Final[Mapping[ContactField, re.Pattern[str]]] = {
    "phone": re.compile(r"\+?[0-9][0-9 \-]{5,19}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "address": re.compile(r"[^\r\n]{5,200}"),
}


class Inquiry(Frozen):
    """What a finding asks for. new, right, none: the three answers. stops: ways by which nobody is contacted meanwhile.

    The most likely answer is the first outcome.
    """

    title: str
    field: ContactField
    new: str
    right: str
    none: str
    stops: tuple[Channel, ...] = ()
    verifies: bool = False

    @property
    def outcomes(self) -> tuple[str, ...]:
        return (self.right, self.new, self.none) if self.verifies else (self.new, self.right, self.none)


_NUMBER: Final = {"field": "phone", "new": "new_number", "right": "number_right", "none": "no_number"}
_MAIL: Final = {"field": "email", "new": "new_email", "right": "email_right", "none": "no_email"}
_PLACE: Final = {"field": "address", "new": "new_address", "right": "address_right", "none": "no_address"}

INQUIRIES: Final[Mapping[ContactFinding, Inquiry]] = {
    "dead_number": Inquiry.model_validate({"title": "核实无效号码", "stops": ("call", "sms"), **_NUMBER}),
    "returned_mail": Inquiry.model_validate({"title": "信件退回，核实地址", "stops": ("letter",), **_PLACE}),
    "returned_email": Inquiry.model_validate({"title": "邮件退回，核实邮箱", "stops": ("email",), **_MAIL}),
    "address_wrong": Inquiry.model_validate({"title": "地址有误，查找新地址", "stops": ("letter", "visit"), **_PLACE}),
    "address_unverified": Inquiry.model_validate({"title": "核实地址", "verifies": True, **_PLACE}),
}


def inquiry_of(rule: str) -> Inquiry | None:
    """What an errand of that rule asks for; None when it is about something else."""
    return next((asked for name, asked in INQUIRIES.items() if name == rule), None)


def learned(asked: Inquiry, outcome: str, answers: Mapping[str, str]) -> str | None:
    """The new number or address; None when the answer is another one.

    Refused "answer_incomplete" without one that can be used; it is not quoted.
    """
    if outcome != asked.new:
        return None
    found = answers.get(asked.field, "").strip()
    if SHAPES[asked.field].fullmatch(found) is None:
        raise Refused("answer_incomplete", f"{asked.new} needs a usable {asked.field}.", f"Give answers.{asked.field}.")
    return found
