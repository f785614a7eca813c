"""The words of codes: what a one-time code is for, how a new access code reaches its owner."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class Purpose(Vocabulary):
    """What is sent to an address of the applicant's."""

    CONTACT = "contact", "核实联系方式"
    RENEWAL = "renewal", "换领查询码"  # typed back, it gives a new access code
    ACCESS = "access", "送达查询码"  # the new access code itself


class Handing(Vocabulary):
    """How a new access code reaches its owner."""

    IN_PERSON = "in_person", "当面交付"
    CONTACT = "contact", "发往已核实的联系方式"
    RENEWED = "renewed", "申报单位凭验证码换领"


BY_BUREAU = (Handing.IN_PERSON, Handing.CONTACT)
"""How a bureau hands one over."""
