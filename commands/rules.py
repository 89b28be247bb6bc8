"""`arrears rules`: each rule of the regulation, what implements it, and the tests that prove it."""

from __future__ import annotations


def rules() -> None:
    """x"""
