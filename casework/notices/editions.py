"""The notice as the use cases need it: today's, and the one an old assessment was made with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection

from config import notices
from config.notices import NoticeDataError, load_notice
from config.notices.fulfilment import Manner, load_manners
from config.settings import Settings
from rules.fit import UnknownToRules, require_rules
from rules.notice import Notice, printed_contact
from rules.provision import Provision
from schemas.form_set import FormSet, FormsOf, Offer, form_set, made_of
from schemas.papers import of_fields, of_form

__all__ = [
    "Edition",
    "bureau_ids",
    "edition",
    "edition_used",
    "every",
    "forms_of",
    "hashes",
    "known_bureau_name",
    "manner",
    "named",
    "names_of",
    "offers",
    "papers",
    "papers_of_fields",
    "personal_facts",
    "printed_contact",
    "provision_text",
    "remember",
]

_NO_FORMS: Final = made_of({})


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """A notice's data as typed for the rules, the SHA-256 it is stored under, and the rules and
    forms of its provisions, by code."""

    notice: Notice
    hash: bytes
    provisions: Mapping[str, Provision]
    forms: FormSet

    def offer(self, settings: Settings) -> Offer:
        """What one can apply for under it."""
        known = self.forms.forms.items()
        forms = tuple((code, form) for code, form in known if code in self.notice.provisions)
        return Offer(self.notice.id, self.notice.id == settings.notice_id, forms)


def manner(notice_id: str, provision: str) -> Manner | None:
    """How grants under a provision are fulfilled; None where nothing is paid or waived."""
    notice = edition(notice_id).notice
    found = load_manners(
        notices.folder() / notice_id, frozenset(notice.provisions), frozenset(notice.bureaus)
    )
    return found.get(provision)


def personal_facts(notice_id: str, provision: str) -> tuple[str, ...] | None:
    """Which facts of an application are personal; None where its form is not there any more."""
    try:
        return edition(notice_id).forms.personal.get(provision)
    except NoticeDataError:
        return None


_LOADED: dict[tuple[Path, str], Edition] = {}


def edition(notice_id: str) -> Edition:
    """Today's data of a notice. Raises NoticeDataError for an unknown or faulty one."""
    key = (notices.folder(), notice_id)
    found = _LOADED.get(key)
    if found is None:
        bundle = load_notice(notice_id)
        found = _LOADED[key] = _made(bundle.content, bytes.fromhex(bundle.hash))
    return found


def _made(content: Mapping[str, Any], hash_: bytes) -> Edition:
    """Raises NoticeDataError if the rules cannot carry it out, or a form is lacking."""
    notice, packages = Notice(content), content["packages"]
    try:
        provisions: Mapping[str, Provision] = import_module(packages["provisions"]).PROVISIONS
        forms = form_set(packages["forms"])
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise NoticeDataError(f"notice.toml: packages: {error}") from error
    try:
        require_rules(notice, provisions)
    except UnknownToRules as error:
        raise NoticeDataError(str(error)) from error
    if lacking := set(notice.provisions) - set(forms.forms):
        raise NoticeDataError(f"provisions {sorted(lacking)}: there is no such form")
    return Edition(notice, hash_, provisions, forms)


def every() -> list[Edition]:
    """Today's data of all notices. Raises NoticeDataError if one of them is faulty."""
    return [edition(name) for name in notices.names()]


def bureau_ids(notice: Notice) -> tuple[str, ...]:
    """The bureaus of a notice, and the body above them where it names one."""
    above = (notice.above_bureaus,) if notice.above_bureaus else ()
    return tuple(dict.fromkeys((*notice.bureaus, *above)))


def named(settings: Settings, notice_id: str | None) -> Edition | None:
    """The notice that a request names, or the default one if it names none; None if unknown."""
    known = notice_id is None or notice_id in notices.names()
    return edition(notice_id or settings.notice_id) if known else None


def forms_of(settings: Settings) -> FormsOf:
    """The forms by notice, as the schemas want them."""

    def of(notice_id: str | None) -> FormSet | None:
        found = named(settings, notice_id)
        return None if found is None else found.forms

    return of


def offers(settings: Settings) -> tuple[Offer, ...]:
    """What one can apply for, the default notice first."""
    made = [each.offer(settings) for each in every()]
    return tuple(sorted(made, key=lambda offer: not offer.is_default))


def hashes() -> list[bytes]:
    """The hashes of the editions that this process has used so far."""
    return [each.hash for each in _LOADED.values()]


def known_bureau_name(bureau: str) -> str:
    """The Chinese name of a bureau that may stand in several notices: what the first calls it."""
    names = (each.notice.name_of(bureau) for each in every())
    return next((name for name in names if name != bureau), bureau)


def names_of(notice_id: str) -> Callable[[str], str]:
    """The names of bureaus as a notice has them; as any notice has them if its folder is gone."""
    if notice_id not in notices.names():
        return known_bureau_name
    return edition(notice_id).notice.name_of


def provision_text(notice_id: str, code: str) -> Mapping[str, Any]:
    """What a notice says of a provision; nothing if its folder is gone."""
    if notice_id not in notices.names():
        return {}
    return edition(notice_id).notice.provisions.get(code, {})


def condition_labels(notice_id: str) -> Mapping[str, str]:
    """What a notice calls its conditions; nothing if its folder is gone."""
    if notice_id not in notices.names():
        return {}
    conditions = edition(notice_id).notice.conditions
    return {code: said["label"] for code, said in conditions.items()}


def remember(conn: Connection, current: Edition) -> None:
    """Store the data under its hash, so that assessments can refer to it."""
    conn.exec_driver_sql(
        "INSERT INTO parameter_set (hash, notice_id, content, first_seen)"
        " VALUES (%(hash)s, %(id)s, %(content)s::jsonb, app_now()) ON CONFLICT DO NOTHING",
        {
            "hash": current.hash,
            "id": current.notice.id,
            "content": json.dumps(current.notice.content, ensure_ascii=False),
        },
    )


def edition_used(conn: Connection, notice_id: str, parameters_hash: bytes | None = None) -> Edition:
    """The data an assessment was made with: in memory if it is today's, else as stored.

    Takes its hash; None (not assessed yet, or of no matter) stands for today's, or for what was
    stored last if the notice's folder is gone. Raises NoticeDataError if nothing was.
    """
    current = edition(notice_id) if notice_id in notices.names() else None
    if current is not None and (parameters_hash is None or current.hash == bytes(parameters_hash)):
        return current
    row = conn.exec_driver_sql(
        "SELECT hash, content FROM parameter_set WHERE notice_id = %(id)s"
        " AND (hash = %(hash)s OR %(hash)s::bytea IS NULL) ORDER BY first_seen DESC LIMIT 1",
        {"id": notice_id, "hash": parameters_hash},
    ).one_or_none()
    if row is None:
        raise NoticeDataError(f"no data of the notice {notice_id} is on record")
    if current is not None:
        # What an earlier version stored has no roles yet: today's are the same.
        content = {"roles": current.notice.content["roles"], **row.content}
        return replace(current, notice=Notice(content), hash=bytes(row.hash))
    try:
        return _made(row.content, bytes(row.hash))
    except (KeyError, NoticeDataError):
        # Its rules and forms went with its folder: nothing is decided by it any more, only read.
        return Edition(Notice(row.content), bytes(row.hash), MappingProxyType({}), _NO_FORMS)


def papers(notice_id: str, provision: str) -> tuple[str, ...]:
    """What to bring for a provision: the papers that its form's answers are copied from."""
    return of_form(edition(notice_id).forms.forms.get(provision))


def papers_of_fields(notice_id: str, provision: str, pointers: Iterable[str]) -> tuple[str, ...]:
    """The papers that some of its fields (JSON pointers) are copied from."""
    return of_fields(edition(notice_id).forms.forms.get(provision), pointers)
