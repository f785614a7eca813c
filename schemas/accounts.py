"""Logging in, and what one does with the account, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from marshmallow import ValidationError, fields

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Described, Text
from schemas.kit.names import Name
from schemas.kit.refusals import said
from vocabulary.people import LoginWay, Role, SessionStage

_LONGEST: Final = 128


class PasswordField(Described, fields.String):
    """A password exactly as it was typed: nothing trimmed, nothing folded."""

    def __init__(self, *, min_length: int = 1, **options: Any) -> None:
        super().__init__(**options)
        self.min_length = min_length

    def read(self, value: Any) -> str:
        """As it is. Raises ValidationError for no text, and for one too short or too long."""
        if not isinstance(value, str):
            raise ValidationError(said("invalid_string"))
        if len(value) < self.min_length:
            raise ValidationError(said("too_short", min=self.min_length))
        if len(value) > _LONGEST:
            raise ValidationError(said("too_long", max=_LONGEST))
        return value

    def json_schema(self) -> dict[str, Any]:
        """The field as JSON Schema."""
        return {
            "type": "string",
            "format": "password",
            "minLength": self.min_length,
            "maxLength": _LONGEST,
        }


_NEW: Final[dict[str, Any]] = {"min_length": 8, "required": True}


class LoginSchema(StrictSchema):
    """Name, password and, where one is set up, the code of the second factor."""

    login = Text(max_length=80, required=True, **about("登录名"))
    password = PasswordField(required=True, **about("密码"))
    code = Text(max_length=20, **about("动态验证码", "6 位数字，或一个恢复码；已设置的必填"))


class SetupSchema(StrictSchema):
    """The first password, for the code that the administrator gave."""

    login = Text(max_length=80, required=True, **about("登录名"))
    setup_code = Text(max_length=40, required=True, **about("启用码", "由管理员给出，只能用一次"))
    password = PasswordField(**_NEW, **about("新密码", "8 到 128 个字符，不限种类，不易猜到即可"))


class PasswordChangeSchema(StrictSchema):
    """Another password."""

    current = PasswordField(required=True, **about("当前密码"))
    password = PasswordField(**_NEW, **about("新密码", "8 到 128 个字符，不限种类，不易猜到即可"))


class EnrolmentRequestSchema(StrictSchema):
    """What setting up a second factor asks."""

    password = PasswordField(**about("当前密码", "首次设置时不填"))


class EnrolmentCodeSchema(StrictSchema):
    """What the authenticator app shows."""

    code = Text(max_length=20, required=True, **about("动态验证码", "应用中显示的 6 位数字"))


class AccountBureauSchema(StrictSchema):
    """Whose bureau an account is."""

    bureau = Text(max_length=80, required=True, **about("单位代码"))


class NewAccountSchema(AccountBureauSchema):
    """An account that an administrator opens."""

    login = Text(max_length=80, required=True, **about("登录名"))
    name = Name(max_length=80, required=True, **about("姓名"))
    formerly = Text(max_length=80, **about("原来令牌的名称", "此前只用令牌的人填，办过的仍归本人"))


class AccountLinkSchema(StrictSchema):
    """The user of the OpenID provider that a person is."""

    subject = Text(max_length=255, required=True, **about("统一身份认证的用户标识", "即 sub"))


class PasswordSchema(StrictSchema):
    """The present password."""

    password = PasswordField(required=True, **about("当前密码"))


@answer
class LoggedIn:
    """A session that has begun or goes on."""

    stage: Annotated[SessionStage, about("状态", "enrolling：须先设置动态验证码，其他都不能办理")]
    stage_text: Annotated[str, about("状态说明")]
    csrf_token: Annotated[str, about("页面令牌", "每次提交时写在请求头 X-CSRF-Token 中")]
    name: Annotated[str | None, about("姓名")]
    login: Annotated[str | None, about("登录名")]
    label: Annotated[str, about("在单位内的名称", "代办等处这样称呼")]
    bureau: Annotated[str, about("单位代码")]
    roles: Annotated[list[Role], about("角色")]
    way: Annotated[LoginWay, about("登录方式")]
    has_second_factor: Annotated[bool, about("是否已设置动态验证码")]
    ends_at: Annotated[datetime, about("最迟结束时间")]
    code_made_at: Annotated[
        datetime | None, about("启用码的生成时间", "最近一次设置密码所凭的启用码；没有用过的为空")
    ]
    code_made_by: Annotated[
        str | None, about("启用码由谁生成", "审计中的名称；operator 为运维人员")
    ]


@answer
class SessionShown:
    """One of a person's sessions."""

    id: Annotated[int, about("编号")]
    address: Annotated[str, about("网络地址", "略去末段")]
    way: Annotated[LoginWay, about("登录方式")]
    created_at: Annotated[datetime, about("登录时间")]
    last_seen_at: Annotated[datetime, about("最近操作时间")]
    ends_at: Annotated[datetime, about("最迟结束时间")]
    is_this: Annotated[bool, about("是否为本次登录")]


@answer
class SessionList:
    """Sessions that go on."""

    items: Annotated[list[SessionShown], about("登录")]


@answer
class Colleague:
    """Somebody whom work can be given to."""

    label: Annotated[str, about("在单位内的名称", "指派、代办等处这样称呼")]
    name: Annotated[str | None, about("姓名")]


@answer
class ColleagueList:
    """Who works on cases of a bureau."""

    items: Annotated[list[Colleague], about("本单位的经办人和主管")]


@answer
class SecondFactorOffered:
    """What an authenticator app takes."""

    secret: Annotated[str, about("密钥", "可手工输入动态验证码应用")]
    uri: Annotated[str, about("地址", "供应用打开，otpauth:// 开头")]
    picture: Annotated[str, about("二维码", "SVG 图片的 data: 地址")]


@answer
class RecoveryCodes:
    """Codes for a lost telephone."""

    recovery_codes: Annotated[
        list[str], about("恢复码", "每个只能用一次，只显示这一次，请妥善保存")
    ]


@answer
class SecondFactorSet(LoggedIn):
    """The second factor is set up; the session goes on as a new one."""

    recovery_codes: Annotated[
        list[str], about("恢复码", "每个只能用一次，只显示这一次，请妥善保存")
    ]
