"""Tables that a window's clerk uploads: checked before anything is filed, then filed, with receipts
to hand out."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.files import disposition
from api.paths import number as numbered
from api.services import services
from casework.errors import CaseworkError, ProvisionNotOffered
from casework.importing import templates, uploads
from casework.importing.uploads import UploadNotFound, UploadRefused
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from vocabulary.identity import IdentityLevel
from vocabulary.imports import ImportPart, ImportState
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to, page
from web.parts.posted import finish, posted, posted_files, takes_files

pages = desk_pages("importing")

LIST: Final = "/desk/import"
_ONE: Final = f"{LIST}/<number>"
_SHOWN: Final = 100
"""Rows or slips on a page."""
_AGAIN_SECONDS: Final = "3"
_WORDS: Final = {
    IdentityLevel.ASSURED: "我逐份核对过证照，是本单位自己来申报",
    IdentityLevel.CONTACT_VERIFIED: "我打过电话或发过短信，联系方式属实",
    IdentityLevel.UNVERIFIED: "没有核对",
}
_TYPES: Final = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
}


@pages.route(LIST, methods=["GET"])
@desk(Right.IMPORT)
def listing(principal: Principal) -> Response:
    return _form(principal)


@pages.route(LIST, methods=["POST"])
@takes_files
@desk(Right.IMPORT)
def upload(principal: Principal) -> Response:
    """The form names what is chosen before the file comes, so nothing is read in vain."""
    made, given = services(), posted()
    try:
        vouched = IdentityLevel(given.get("vouched", ""))
    except ValueError:
        finish()
        return _form(principal, [("vouched", "请选择对申报单位身份的核对情况；表请再选一次。")])
    file = next(posted_files(), None)
    if file is None:
        return _form(principal, [("table", "请选择一张表。")])
    try:
        number = uploads.add(
            made.db,
            made.settings,
            bureau=principal.bureau,
            actor=principal.actor,
            name=file.name,
            read=file.read,
            vouched=vouched,
            provision=given.get("provision") or None,
        )
    except (UploadRefused, uploads.TooManyUploads) as refused:
        file.skip()
        return _form(principal, [(_field(refused), refused.detail)])
    return go_to(f"{LIST}/{number}")


@pages.route(f"{LIST}/template", methods=["GET"])
@desk(Right.IMPORT)
def template(principal: Principal) -> Response:
    """An empty workbook for one provision, with Chinese headings and lists."""
    del principal
    code = request.args.get("provision", "")
    offered = editions.forms_of(services().settings)(None)
    if offered is None or code not in offered.forms:
        raise ProvisionNotOffered("/query/provision")
    content = templates.workbook(code, offered.forms[code], {}, None)
    response = Response(content, content_type=_TYPES[".xlsx"])
    response.headers["Content-Disposition"] = disposition(f"{code}.xlsx", inline=False)
    return response


@pages.route(_ONE, methods=["GET"])
@desk(Right.IMPORT)
def standing(principal: Principal, number: str) -> Response:
    """How far it is. While workers are at it the page asks again by itself."""
    found, look = uploads.read(services().db, principal.actor, _number(number))
    only = request.args.get("rows", "wrong" if found.refused else "all")
    rows = [row for row in look.rows if row.why] if only == "wrong" else list(look.rows)
    start = max(0, request.args.get("from", 0, int))
    is_moving = found.state in (ImportState.CHECKING, ImportState.FILING) and not found.is_stuck
    response = page(
        "desk/import.html",
        found=found,
        look=look,
        rows=rows[start : start + _SHOWN],
        only=only,
        after=start + _SHOWN if start + _SHOWN < len(rows) else None,
        is_moving=is_moving,
        percent=found.read_bytes * 100 // max(found.bytes, 1),
        states=ImportState,
        parts=ImportPart,
        vouched=_WORDS[found.vouched],
    )
    if is_moving:
        response.headers["Refresh"] = _AGAIN_SECONDS
    return response


@pages.route(f"{_ONE}/file", methods=["POST"])
@desk(Right.IMPORT)
def file_rows(principal: Principal, number: str) -> Response:
    uploads.start(services().db, principal.actor, _number(number))
    return go_to(f"{LIST}/{number}")


@pages.route(f"{_ONE}/discard", methods=["POST"])
@desk(Right.IMPORT)
def discard(principal: Principal, number: str) -> Response:
    uploads.discard(services().db, principal.actor, _number(number))
    return tell(go_to(LIST), "表已删除，已受理的不受影响。")


@pages.route(f"{_ONE}/slips", methods=["GET"])
@desk(Right.IMPORT)
def slips(principal: Principal, number: str) -> Response:
    """Receipts to print, one for each applicant."""
    made = services()
    found, every = uploads.receipts_of(made.db, principal.actor, _number(number))
    start = max(0, request.args.get("from", 0, int))
    return page(
        "desk/import_slips.html",
        found=found,
        slips=every[start : start + _SHOWN],
        start=start,
        count=len(every),
        after=start + _SHOWN if start + _SHOWN < len(every) else None,
        address=made.settings.public_url,
    )


@pages.route(f"{_ONE}/receipts", methods=["GET"])
@desk(Right.IMPORT)
def receipts(principal: Principal, number: str) -> Response:
    return _sent(principal, number, ImportPart.RECEIPTS)


@pages.route(f"{_ONE}/rejects", methods=["GET"])
@desk(Right.IMPORT)
def rejects(principal: Principal, number: str) -> Response:
    return _sent(principal, number, ImportPart.REJECTS)


def _sent(principal: Principal, number: str, part: ImportPart) -> Response:
    name, content = uploads.open_part(services().db, principal.actor, _number(number), part)
    response = Response(content, content_type=_TYPES[name[name.rindex(".") :]])
    response.headers["Content-Disposition"] = disposition(name, inline=False)
    return response


def _form(principal: Principal, errors: list[tuple[str, str]] | None = None) -> Response:
    return page(
        "desk/imports.html",
        422 if errors else 200,
        errors=errors or [],
        found=uploads.list_own(services().db, principal.actor),
        words=_WORDS,
        typed=posted() if errors else {},
        titles={
            code: text for each in editions.every() for code, text in each.notice.provisions.items()
        },
        most_rows=uploads.MOST_ROWS,
        days=uploads.KEPT_DAYS,
    )


def _field(refused: CaseworkError) -> str:
    return str(getattr(refused, "pointer", "/table")).removeprefix("/")


def _number(written: str) -> int:
    return numbered(written, UploadNotFound)
