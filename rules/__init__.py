"""The notice as code: pure conditions, formulas and measures. No I/O, no clock, no database."""

from __future__ import annotations

from rules.provisions import PROVISIONS

RULES_VERSION = "12"
"""Raised whenever the same case and notice data would give another assessment document."""

__all__ = ["PROVISIONS", "RULES_VERSION"]
