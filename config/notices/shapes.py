"""What stands in each file of a notice, in which shape; what the values mean is checked after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import RAISE, Schema, fields, validate

from config.notices.text import NoticeDataError


class _Strict(Schema):
    class Meta:
        unknown = RAISE


def _table(*required: str, **more: fields.Field[Any]) -> fields.Nested:
    """A table with texts under these keys, and more."""
    texts = {name: fields.String(required=True) for name in required}
    return fields.Nested(_Strict.from_dict({**texts, **more}), required=True)


def _texts(*, required: bool = True, fewest: int = 0) -> fields.List[Any]:
    return fields.List(fields.String(), required=required, validate=validate.Length(min=fewest))


def _by_key(inner: fields.Field[Any], *, fewest: int = 0) -> fields.Dict:
    return fields.Dict(fields.String(), inner, required=True, validate=validate.Length(min=fewest))


def _file(**tables: fields.Field[Any]) -> Schema:
    return _Strict.from_dict(tables)()


def _maybe() -> fields.String:
    return fields.String()


def _flag() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False})


def _whole() -> fields.Field[Any]:
    return fields.Integer(required=True, strict=True)


_ROW: Final[dict[str, fields.Field[Any]]] = {
    indicator: fields.Nested(
        _Strict.from_dict({"large": _whole(), "medium": _whole(), "small": _whole()})
    )
    for indicator in ("employees", "revenue", "assets")
}
_WINDOW: Final = {"from": _maybe(), "until": _maybe(), "words": _maybe()}

_KEYED: Final[Mapping[str, fields.Dict]] = {
    "bureaus": _by_key(_table("name", printed=_texts())),
    "contacts": _by_key(
        _table(
            "bureau", "label", "section", "name", "phone", "printed",
            measures=_texts(), scope=_maybe(),
        )
    ),
    "questions": _by_key(_table("question", "reading", internal=_maybe())),
    "referrals": _by_key(_table("to", "text", "basis", contacts=_texts(required=False))),
    "route_reasons": _by_key(fields.String()),
    "sentences": _by_key(fields.String(), fewest=1),
    "sizes": _by_key(fields.Nested(_Strict.from_dict(_ROW)), fewest=1),
}  # fmt: skip
_HEAD: Final = _file(
    notice=_table(
        "id", "title", "number", "issuer", "issued_on", "in_force_from", "text_sha256",
        in_force_until=_maybe(),
    ),
    packages=_table("provisions", "forms"),
    deciders=_by_key(fields.String()),
    roles=_table(
        "district", industry_reasons=_texts(), above_bureaus=_maybe(), rounding=_maybe(),
        individual_businesses=fields.Nested(_table("bureau", "reason").nested),
        route_questions=fields.Nested(
            _table("several_lead", "two_desks", desk_reasons=_texts()).nested
        ),
    ),
    measures=fields.Dict(fields.String(), fields.String()),
    window=fields.Nested(_table("source", "cite", **_WINDOW).nested),
)  # fmt: skip
_MEASURES: Final = _file(
    provisions=fields.Dict(
        fields.String(),
        _table(
            "measure", "where", "title", "words", "decider",
            amount_note=_maybe(), overlap_note=_maybe(), special=_flag(),
        ),
    ),
    conditions=fields.Dict(
        fields.String(),
        _table(
            "label", "words", "where", "decider", "if_met",
            reasons=fields.Dict(fields.String(), fields.String()),
            deciders=fields.Dict(fields.String(), fields.String()),
            results=fields.Dict(fields.String(), fields.String()),
            found=fields.Dict(fields.String(), fields.String()),
            hints=fields.Dict(fields.String(), fields.String()),
            limbs=fields.Dict(fields.String(), fields.String()),
            source=_maybe(), if_failed=_maybe(), declared=_texts(required=False),
        ),
    ),
    parameters=fields.List(
        _table(
            "key", "label", "unit", "from", "source", "cite",
            value=fields.Raw(required=True), until=_maybe(), words=_maybe(),
        )
    ),
    routing=fields.Dict(
        fields.String(),
        fields.List(
            _table("when", "reason", to=_texts(), only_copy=_flag()),
            validate=validate.Length(min=1),
        ),
    ),
    windows=fields.Dict(fields.String(), _table("source", "cite", **_WINDOW)),
    materials=fields.Dict(
        fields.String(), _table("source", "cite", items=_texts(fewest=1), words=_maybe())
    ),
)  # fmt: skip


def check_shape(file: str, content: Mapping[str, Any]) -> None:
    """Raises :class:`NoticeDataError` naming the file and the key of the first odd thing in it."""
    if file == "notice":
        faults = _HEAD.validate(content)
    elif file in _KEYED:
        # Whose rows they are stands beside the rows.
        rest = {name: each for name, each in content.items() if name != "source"}
        faults = _Strict.from_dict({file: _KEYED[file]})().validate({file: rest})
        if file == "sizes" and not isinstance(content.get("source"), str):
            faults = {"source": ["Not a valid string."]}
    else:
        faults = _MEASURES.validate(content)
    for fault in _lines(faults.get(file, faults), f"{file}.toml"):
        raise NoticeDataError(fault)


def _lines(tree: Any, at: str) -> Iterator[str]:
    if isinstance(tree, Mapping):
        for key, branch in tree.items():
            yield from _lines(branch, at if key == "value" else f"{at} {key}")
    else:
        yield f"{at}: {tree[0]}"
