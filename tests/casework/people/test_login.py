"""Logging in: what is kept, what is refused alike, and who has to wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import argon2
import pytest

from casework.people import accounts, login, own_account, passwords, sessions
from casework.people.login import LoginRefused, SecondFactorNeeded, TooManyTries
from casework.people.own_account import PasswordWrong
from casework.people.passwords import WeakPassword
from casework.people.second_factor import CodeWrong
from casework.people.sessions import Begun, Caller, Session, SessionOver
from casework.personal.encryption import Unreadable
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.people import PASSWORD, Totp, hire
from tests.support.watching import watched
from vocabulary.people import SessionStage

HERE = Caller("192.0.2.7")
LOGIN = "test.jia"


@pytest.fixture
def plain(office: Office) -> Office:
    """A demonstration without second factor, where somebody has set a password."""
    made = replace(office.settings.accounts, second_factor=False)
    office = Office(office.db, replace(office.settings, accounts=made))
    set_up(office)
    return office


def set_up(office: Office, caller: Caller = HERE) -> Begun:
    code = hire(office, LOGIN)
    return login.set_up(
        office.db, office.settings, caller, login=LOGIN, setup_code=code, password=PASSWORD
    )


def come(
    office: Office,
    password: str = PASSWORD,
    code: str | None = None,
    caller: Caller = HERE,
    who: str = LOGIN,
) -> Begun:
    return login.log_in(office.db, office.settings, caller, login=who, password=password, code=code)


def session(office: Office, begun: Begun) -> Session:
    return sessions.authenticate(office.db, office.settings, begun.secret)


def enrolled(office: Office) -> tuple[Totp, own_account.Enrolled]:
    begun = session(office, set_up(office))
    assert begun.stage is SessionStage.ENROLLING
    offered = own_account.begin_second_factor(office.db, office.settings, begun, password=None)
    totp = Totp(offered.secret)
    assert offered.secret in offered.uri
    with pytest.raises(CodeWrong):
        own_account.confirm_second_factor(office.db, office.settings, begun, HERE, code="000")
    done = own_account.confirm_second_factor(
        office.db, office.settings, begun, HERE, code=totp.code()
    )
    return totp, done


def test_nothing_that_opens_an_account_is_readable_in_the_database(office: Office) -> None:
    code = hire(office, LOGIN)
    begun = login.set_up(
        office.db, office.settings, HERE, login=LOGIN, setup_code=code, password=PASSWORD
    )
    offered = own_account.begin_second_factor(
        office.db, office.settings, session(office, begun), password=None
    )
    rows = [
        row
        for table in ("account", "account_session", "recovery_code", "event")
        for row in column(office.db, f"SELECT t::text FROM {table} AS t")  # noqa: S608 -- ours
    ]
    said = "\n".join(rows)
    for secret in (PASSWORD, code, begun.secret, begun.device, begun.csrf, offered.secret):
        assert secret not in said
        assert secret.encode().hex() not in said
    stored = scalar(office.db, "SELECT password_hash FROM account")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_codes_work_once_and_recovery_codes_too(office: Office) -> None:
    totp, done = enrolled(office)
    with pytest.raises(SecondFactorNeeded):
        come(office)
    code = totp.code()
    come(office, code=code)
    with pytest.raises(LoginRefused):
        come(office, code=code)
    (first, second, *_) = done.recovery_codes
    come(office, code=first.lower())
    with pytest.raises(LoginRefused):
        come(office, code=first)
    come(office, code=second.replace("-", " "))
    with pytest.raises(LoginRefused):
        come(office, "wrong-password", code=done.recovery_codes[2])
    come(office, code=done.recovery_codes[2])


def test_of_two_who_type_one_code_at_once_one_comes_in(office: Office) -> None:
    totp, _ = enrolled(office)
    code, came = totp.code(), []

    def try_it(number: int) -> None:
        with suppress(LoginRefused):
            came.append(come(office, code=code, caller=Caller(f"198.51.100.{number}")))

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1


@pytest.mark.parametrize(
    "weak", ["password", "12345678", "test.jia1", "qwertyuiop", "测试甲测试甲", "short-1"]
)
def test_a_password_that_is_guessed_soon_is_refused(office: Office, weak: str) -> None:
    code = hire(office, LOGIN)
    with pytest.raises(WeakPassword):
        login.set_up(office.db, office.settings, HERE, login=LOGIN, setup_code=code, password=weak)
    # The code was not used up by it.
    good = "correct horse battery staple"
    login.set_up(office.db, office.settings, HERE, login=LOGIN, setup_code=code, password=good)
    with pytest.raises(LoginRefused):
        login.set_up(office.db, office.settings, HERE, login=LOGIN, setup_code=code, password=good)


def test_a_setup_code_lasts_three_days(office: Office, travel: Callable[[int], None]) -> None:
    code = hire(office, LOGIN)
    travel(accounts.SETUP_HOURS * 3600 + 1)
    with pytest.raises(LoginRefused):
        login.set_up(
            office.db, office.settings, HERE, login=LOGIN, setup_code=code, password=PASSWORD
        )


def test_a_hash_of_older_parameters_is_made_anew_at_login(plain: Office) -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with plain.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE account SET password_hash = %(old)s", {"old": old})
    come(plain)
    stored = scalar(plain.db, "SELECT password_hash FROM account")
    assert stored != old
    assert not passwords.is_outdated(stored)
    come(plain)


class _Watched:
    """A hasher, and the parameters of the hashes that passwords were compared with."""

    def __init__(self, hasher: argon2.PasswordHasher) -> None:
        self._hasher = hasher
        self.compared: list[argon2.Parameters] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hasher, name)

    def verify(self, hashed: str, password: str) -> bool:
        self.compared.append(argon2.extract_parameters(hashed))
        return self._hasher.verify(hashed, password)


def test_unknown_disabled_and_wrong_are_answered_alike_with_the_same_work(
    plain: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire(plain, "test.without")
    hire(plain, "test.gone")
    accounts.disable(plain.db, "test.gone")
    hasher = _Watched(passwords._HASHER)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    for number in range(7):
        done = []
        for who in (LOGIN, "nobody", "test.without", "test.gone"):
            hasher.compared = []
            with watched(plain.db) as seen, pytest.raises(LoginRefused) as refused:
                come(plain, "wrong-password", caller=Caller(f"198.51.100.{number}"), who=who)
            assert refused.value.detail == LoginRefused.message
            done.append((hasher.compared, seen.statements))
        assert len(done[0][0]) == 1
        assert all(each == done[0] for each in done)
    accounts.disable(plain.db, LOGIN)
    with pytest.raises(LoginRefused):
        come(plain, caller=Caller("203.0.113.9"))
    events = column(plain.db, "SELECT data FROM event WHERE type = 'login.refused' ORDER BY id")
    assert events[0] == {"account": 1, "what": "password", "address": "198.51.100.0/24"}
    assert events[1]["account"] is None


def fail(office: Office, caller: Caller, who: str = LOGIN) -> bool:
    """Whether a wrong password was looked at at all."""
    try:
        come(office, "wrong-password", caller=caller, who=who)
    except LoginRefused:
        return True
    except TooManyTries:
        return False
    raise AssertionError


@pytest.mark.parametrize("who", [LOGIN, "nobody"])
def test_guessing_from_one_address_is_slowed_down_more_and_more(
    plain: Office, travel: Callable[[int], None], who: str
) -> None:
    there = Caller("203.0.113.9")
    assert [fail(plain, there, who) for _ in range(6)] == [True] * 5 + [False]
    looked_at = 0
    for _ in range(60):
        travel(60)
        looked_at += fail(plain, there, who)
    assert looked_at < 12, "an hour of tries"


def test_nobody_locks_a_person_out_of_where_they_have_been(
    plain: Office, travel: Callable[[int], None]
) -> None:
    own = come(plain).device
    # A thousand addresses, and one at the person's own.
    looked_at = sum(fail(plain, Caller(f"198.51.{n}.1")) for n in range(60))
    assert looked_at < 25
    with pytest.raises(TooManyTries):
        come(plain, caller=Caller("203.0.113.200"))
    while fail(plain, HERE):
        pass
    with pytest.raises(TooManyTries):
        come(plain, caller=HERE)
    for caller in (HERE, Caller("203.0.113.201")):
        come(plain, caller=caller._replace(device=own))
    travel(3700)
    come(plain, caller=Caller("203.0.113.202"))


def test_nobody_locks_a_new_colleague_out_of_the_first_login(office: Office) -> None:
    code = hire(office, LOGIN)
    while fail(office, Caller("198.51.100.1")) or fail(office, Caller("203.0.113.200")):
        pass
    for n in range(40):
        fail(office, Caller(f"198.51.{n}.1"))
    with pytest.raises(TooManyTries):
        come(office)
    assert login.set_up(
        office.db, office.settings, Caller("203.0.113.201"), login=LOGIN, setup_code=code,
        password=PASSWORD,
    )  # fmt: skip


def test_parallel_guesses_are_counted_before_they_are_looked_at(plain: Office) -> None:
    there, looked_at = Caller("203.0.113.9"), []
    threads = [
        threading.Thread(target=lambda: looked_at.append(fail(plain, there))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(looked_at) == 5


def test_a_session_ends_with_idleness_with_its_last_hour_and_with_the_account(
    plain: Office, travel: Callable[[int], None]
) -> None:
    idle = come(plain)
    for _ in range(3):
        travel(29 * 60)
        session(plain, idle)
    travel(31 * 60)
    with pytest.raises(SessionOver):
        session(plain, idle)
    long = come(plain)
    for _ in range(25):
        travel(29 * 60)
        if _ < 24:
            session(plain, long)
    with pytest.raises(SessionOver):
        session(plain, long)
    last = come(plain)
    accounts.change(plain.db, LOGIN, roles=["supervisor", "officer"])
    assert session(plain, last).principal.roles == {"supervisor", "officer"}
    accounts.disable(plain.db, LOGIN)
    with pytest.raises(SessionOver):
        session(plain, last)


def test_another_password_ends_the_other_sessions_and_a_reset_all(plain: Office) -> None:
    here, there = come(plain), come(plain)
    other = "a completely different sentence"
    with pytest.raises(PasswordWrong):
        own_account.change_password(plain.db, session(plain, here), current="wrong", password=other)
    own_account.change_password(plain.db, session(plain, here), current=PASSWORD, password=other)
    session(plain, here)
    with pytest.raises(SessionOver):
        session(plain, there)
    with pytest.raises(LoginRefused):
        come(plain)
    code = accounts.reset(plain.db, plain.settings, LOGIN)
    with pytest.raises(SessionOver):
        session(plain, here)
    with pytest.raises(LoginRefused):
        come(plain, other)
    login.set_up(plain.db, plain.settings, HERE, login=LOGIN, setup_code=code, password=PASSWORD)


def test_the_encrypted_secret_is_bound_to_its_account(office: Office) -> None:
    totp, _ = enrolled(office)
    code = hire(office, "test.yi")
    login.set_up(
        office.db, office.settings, HERE, login="test.yi", setup_code=code, password=PASSWORD
    )
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE account SET totp_secret = (SELECT totp_secret FROM account WHERE id = 1)"
        )
    with pytest.raises(Unreadable):
        come(office, code=totp.code(), who="test.yi")


def test_fifty_wrong_passwords_of_strangers_leave_a_known_browser_its_login(
    office: Office,
) -> None:
    totp, done = enrolled(office)
    own = Caller("203.0.113.201", done.begun.device)
    tried = [fail(office, Caller(f"198.51.{n}.1")) for n in range(50)]
    assert tried[-1] is False
    with pytest.raises(TooManyTries):
        come(office, code=totp.code(), caller=Caller("203.0.113.202"))
    # The owner's browser comes in at once; who stole its cookie has a few tries and no more.
    come(office, code=totp.code(), caller=own)
    stolen = [fail(office, own._replace(address=f"198.51.100.{n}")) for n in range(6)]
    assert stolen == [True] * 5 + [False]


def test_a_browser_is_known_by_the_second_factor_and_until_a_reset(office: Office) -> None:
    begun = set_up(office)
    half = Caller("203.0.113.201", begun.device)
    while fail(office, Caller("203.0.113.200")) or fail(office, Caller("198.51.100.1")):
        pass
    for n in range(40):
        fail(office, Caller(f"198.51.{n}.1"))
    assert not fail(office, half), "a password alone makes no browser known"
    totp = Totp(
        own_account.begin_second_factor(
            office.db, office.settings, session(office, begun), password=None
        ).secret
    )
    done = own_account.confirm_second_factor(
        office.db, office.settings, session(office, begun), HERE, code=totp.code()
    )
    whole = half._replace(device=done.begun.device)
    come(office, code=totp.code(), caller=whole)
    code = accounts.reset(office.db, office.settings, LOGIN)
    assert not fail(office, whole), "of before the reset"
    login.set_up(office.db, office.settings, HERE, login=LOGIN, setup_code=code, password=PASSWORD)
    assert not fail(office, whole)
