"""What a form sends: bounded in size before it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from flask import current_app, g, request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict

from api.body import read_bytes, require_type
from api.services import services
from schemas.kit.format_errors import flatten
from schemas.kit.problem import FieldError
from web.parts.forms.sentences import to_people
from web.parts.multipart import MEDIA_TYPE, Incoming, Multipart, Unreadable

MOST_FIELDS: Final = 10_000
_KEPT: Final = "wenqi_posted"
_FORM: Final = "wenqi_posted_files"
_TAKES: Final = "wenqi_takes_files"

_View = TypeVar("_View", bound=Callable[..., Any])


def takes_files(view: _View) -> _View:
    """A view whose form may bring files; no other's does."""
    setattr(view, _TAKES, True)
    return view


def posted() -> MultiDict[str, str]:
    """The fields of the present request, as typed; of a form with files those that came before the
    first file, and the others once the files are read. Raises ``Refused`` (400, 413, 415)."""
    kept: MultiDict[str, str] | None = g.get(_KEPT)
    if kept is None and request.mimetype == MEDIA_TYPE and _may_bring_files():
        form = Multipart(request, services().settings.max_body_bytes)
        setattr(g, _FORM, form)
        kept = form.fields
        setattr(g, _KEPT, kept)
    if kept is None:
        require_type(request, "application/x-www-form-urlencoded", "表单")
        body = read_bytes(request, services().settings.max_body_bytes)
        try:
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS
            )
        except ValueError:
            raise Unreadable("提交的内容不完整，请返回上一页再试一次。") from None
        kept = MultiDict(pairs)
        setattr(g, _KEPT, kept)
    return kept


def posted_files() -> Iterator[Incoming]:
    """The files of the present form, one after the other. Raises as ``posted``."""
    posted()
    form: Multipart | None = g.get(_FORM)
    return form.files() if form else iter(())


def finish() -> None:
    """Let the browser read our answer to a form whose files were not wanted."""
    form: Multipart | None = g.get(_FORM)
    if form:
        form.finish()


def _may_bring_files() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), _TAKES)


def read_posted(schema: Schema) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The present form as a schema reads it, or what is wrong: name of the field and sentence.

    What was left empty was not sent; what the schema does not know is passed over.
    """
    sent = {name: value for name, value in posted().items() if value and name in schema.fields}
    try:
        return schema.load(sent), []
    except ValidationError as refused:
        faults = flatten(refused.messages)
        return {}, [_told(schema, each) for each in faults]


def _told(schema: Schema, fault: FieldError) -> tuple[str, str]:
    """A list above the form says it too: what its place beside the field explains is named."""
    name, said = fault.pointer.removeprefix("/"), to_people(fault)
    field = schema.fields.get(name)
    title = str(field.metadata.get("title", "")).removesuffix("代码") if field else ""
    if title and said.startswith("此项"):
        return name, title + said.removeprefix("此项")
    return name, said
