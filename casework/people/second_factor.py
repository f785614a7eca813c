"""The second factor: codes of half a minute (TOTP, RFC 6238), and recovery codes that work once.

The secret is encrypted at rest. Codes go by real time, as telephones do.
"""

from __future__ import annotations

import hmac
import time
from typing import Any, Final, NamedTuple

import pyotp
from sqlalchemy import Connection, Row

from casework.errors import Invalid
from casework.personal import credentials, encryption
from config.settings import Settings

ISSUER: Final = "稳企"
STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
_DRIFT: Final = (-1, 0, 1)
"""Half minutes before and after now whose codes are taken: clocks differ, fingers are slow."""
_SECRET: Final = "totp_secret"  # noqa: S105 -- a column
_PENDING: Final = "totp_pending"


class CodeWrong(Invalid):
    """The code that is to prove the telephone is set up is not the present one."""

    code = "totp_code_wrong"
    title = "动态验证码不正确"
    message = "动态验证码不正确。请核对手机时间是否准确，用新显示的验证码重试。"


class Enrolment(NamedTuple):
    """What an authenticator app is given: the secret, the same as an address, and as a picture (the
    address of an SVG)."""

    secret: str
    uri: str
    picture: str


def begin(conn: Connection, settings: Settings, account: int, login: str) -> Enrolment:
    """A fresh secret for a person; it counts once a code of it was typed (`confirm`)."""
    secret = pyotp.random_base32()
    sealed = _seal(settings, account, _PENDING, secret)
    conn.exec_driver_sql(
        "UPDATE account SET totp_pending = %(sealed)s WHERE id = %(id)s",
        {"id": account, "sealed": sealed},
    )
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    import segno

    return Enrolment(secret, uri, segno.make(uri).svg_data_uri(scale=4))


def confirm(conn: Connection, settings: Settings, account: Row[Any], code: str) -> None:
    """Let the fresh secret count. Raises CodeWrong."""
    if account.totp_pending is None:
        raise CodeWrong
    secret = _read(settings, account.id, _PENDING, account.totp_pending)
    step = _step(secret, code)
    if step is None:
        raise CodeWrong
    conn.exec_driver_sql(
        "UPDATE account SET totp_secret = %(sealed)s, totp_pending = NULL, totp_step = %(step)s"
        " WHERE id = %(id)s",
        {
            "id": account.id,
            "step": step,
            "sealed": _seal(settings, account.id, _SECRET, secret),
        },
    )


def use(conn: Connection, settings: Settings, account: Row[Any], code: str) -> bool:
    """Whether it is the person's code of now or a recovery code; either is used up by it."""
    step = _step(_read(settings, account.id, _SECRET, account.totp_secret), code)
    if step is not None:
        # Of two who type the same code at once the second finds it used.
        used = conn.exec_driver_sql(
            "UPDATE account SET totp_step = %(step)s WHERE id = %(id)s"
            " AND (totp_step IS NULL OR totp_step < %(step)s) RETURNING id",
            {"id": account.id, "step": step},
        )
    else:
        hashes = credentials.possible_hashes(
            settings.require_secret_key(), *_recovery(account.id, code)
        )
        used = conn.exec_driver_sql(
            "UPDATE recovery_code SET used_at = app_now() WHERE account_id = %(id)s"
            " AND code_hash = ANY(%(hashes)s) AND used_at IS NULL RETURNING account_id",
            {"id": account.id, "hashes": hashes},
        )
    return used.one_or_none() is not None


def new_recovery_codes(conn: Connection, settings: Settings, account: int) -> list[str]:
    """Ten codes for a lost telephone instead of those before; shown this once."""
    key = settings.require_secret_key()
    codes = [credentials.recovery_code() for _ in range(RECOVERY_CODES)]
    hashes = [credentials.stored_hash(key, *_recovery(account, code)) for code in codes]
    conn.exec_driver_sql("DELETE FROM recovery_code WHERE account_id = %(id)s", {"id": account})
    conn.exec_driver_sql(
        "INSERT INTO recovery_code (account_id, code_hash)"
        " SELECT %(id)s, hash FROM unnest(%(hashes)s::bytea[]) AS hash",
        {"id": account, "hashes": hashes},
    )
    return codes


def _seal(settings: Settings, account: int, column: str, secret: str) -> bytes:
    keys = settings.require_data_keys()
    return encryption.encrypt(keys, secret, table="account", field=column, row=account)


def _read(settings: Settings, account: int, column: str, sealed: bytes) -> str:
    keys = settings.require_data_keys()
    return encryption.decrypt(keys, bytes(sealed), table="account", field=column, row=account)


def _step(secret: str, code: str) -> int | None:
    """The half minute whose code it is, around now."""
    totp = pyotp.TOTP(secret)
    now = int(time.time()) // STEP_SECONDS
    typed = code.replace(" ", "").encode()
    near = (now + drift for drift in _DRIFT)
    return next(
        (step for step in near if hmac.compare_digest(totp.generate_otp(step).encode(), typed)),
        None,
    )


def _recovery(account: int, code: str) -> tuple[bytes, bytes, bytes]:
    """What is hashed of a recovery code."""
    return b"recovery-code", str(account).encode(), credentials.as_typed(code).encode()
