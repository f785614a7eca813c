"""The words of who may do what."""

from __future__ import annotations

from typing import Final

from vocabulary.base import Vocabulary


class Role(Vocabulary):
    """What a person, or the bearer of a token, may do."""

    OFFICER = "officer", "经办人"
    SUPERVISOR = "supervisor", "主管"
    SYSTEM = "system", "业务系统"
    AUDITOR = "auditor", "审计"
    ADMIN = "admin", "管理员"
    INTAKE = "intake", "申报渠道"  # a system that sends filings and says who vouches for them


OF_PEOPLE: Final = (Role.SUPERVISOR, Role.OFFICER, Role.ADMIN, Role.AUDITOR)
"""Roles that a person's account can have; where it has several, the first of these comes first."""


class SessionStage(Vocabulary):
    """How far somebody has come who logged in."""

    ENROLLING = "enrolling", "须先设置动态验证码"  # may do nothing but set up the second factor
    OPEN = "open", "已登录"


class LoginWay(Vocabulary):
    """How somebody logged in."""

    PASSWORD = "password", "密码"
    OIDC = "oidc", "统一身份认证"
