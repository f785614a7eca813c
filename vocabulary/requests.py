"""The words of requests (诉求)."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class RequestSubject(Vocabulary):
    """What a request is for."""

    HELP = "help", "诉求"
    DELETION = "deletion", "请求删除个人信息"


class RequestState(Vocabulary):
    """How far a request has come."""

    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
    WITHDRAWN = "withdrawn", "已撤回"


class RequestSource(Vocabulary):
    """Who put a request on record."""

    VISIT = "visit", "走访"
    BUREAU = "bureau", "单位登记"
    APPLICANT = "applicant", "企业提出"
