"""The kinds of value a form asks for, each normalised, bounded and described.

Every field refuses what it cannot mean exactly, with a coded Chinese sentence
(:mod:`schemas.kit.refusals`), and answers ``json_schema()``, from which the OpenAPI document and
the published form are made. Loading gives what ``dump`` writes back as plain JSON: texts and codes
as strings, money as ``Decimal`` yuan, dates as ``date``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from operator import mul
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, fields

from schemas.kit.mail_address import LONGEST as LONGEST_ADDRESS
from schemas.kit.mail_address import read_mail_address
from schemas.kit.refusals import coded, said
from schemas.kit.shown import CONTROL, LINE_BREAK, SHOWS, SHOWS_ON_ONE_LINE, is_blank
from schemas.kit.telephone import LONGEST as LONGEST_NUMBER
from schemas.kit.telephone import read_telephone
from vocabulary.base import Vocabulary
from vocabulary.writing import code_form, half_width, tidy, tidy_lines

MONEY_MAX: Final = Decimal("99999999999.99")
"""Yuan; the widest amount ``numeric(14,2)`` and an 11-digit form field share."""

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2100, 12, 31)

_LONGEST_CODE: Final = 64
"""Characters, blanks included, beyond which nothing is a code, a date or a month."""
_CENT: Final = Decimal("0.01")
_MONEY: Final = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?", re.ASCII)
# Neither negative nor too large nor finer than the fen.
_PLAIN_MONEY: Final = re.compile(r"\d{1,11}(?:\.\d{1,2})?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH: Final = re.compile(r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])", re.ASCII)
_USCC: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
_USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES: Final = {sign: value for value, sign in enumerate(_USCC_SIGNS)}
# GB 32100-2015: 3 to the power of the place, modulo 31; with the check character's value the sum
# is divisible by 31.
_USCC_WEIGHTS: Final = (*(pow(3, place, 31) for place in range(17)), 1)
# Everything of a code but its check character, which may be any letter someone mistyped.
_USCC_BODY: Final = re.compile(
    r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{9}[0-9A-Z]", re.ASCII
)
# What licences of sole traders bore before the codes (decision 0026).
_REGISTRATION_NUMBER: Final = re.compile(r"\d{15}", re.ASCII)
# What most texts are made of: kept as it is, seen by everybody, on one line.
_PLAIN: Final = re.compile("[0-9A-Za-z\u4e00-\u9fff()（）-]+")


def _written(value: Any, form: re.Pattern[str]) -> str | None:
    """A text of that form, if need be without its blanks and full width; None for what is none."""
    if not isinstance(value, str):
        return None
    if form.fullmatch(value):
        return value
    text = half_width(tidy(value)) if len(value) <= _LONGEST_CODE else ""
    return text if form.fullmatch(text) else None


class Described:
    """What the fields below share: ``read`` takes one JSON value apart, ``json_schema`` tells.

    ``plain`` is how a value read is written as JSON; None where it is JSON already.
    """

    plain: ClassVar[Callable[[Any], str] | None] = None

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return self.read(value)

    def read(self, value: Any) -> Any:
        """The normalised value. Raises ``ValidationError`` with a coded sentence."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        """The field as JSON Schema 2020-12."""
        raise NotImplementedError


class Text(Described, fields.String):
    """Bounded text without control characters, tidied (`vocabulary.writing`): composed, trimmed,
    without what is invisible; ``lines=True`` allows line breaks."""

    default_error_messages = {  # noqa: RUF012 -- marshmallow declares it so
        "invalid": coded("invalid_string"),
        "invalid_utf8": coded("invalid_string"),
    }

    def __init__(self, *, max_length: int = 200, lines: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = max_length
        self.lines = lines

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if _PLAIN.fullmatch(value) and len(value) <= self.max_length:
            return value
        text = tidy_lines(value) if self.lines else tidy(value)
        if is_blank(text):
            raise ValidationError(said("blank"))
        if len(text) > self.max_length:
            raise ValidationError(said("too_long", max=self.max_length))
        # What is printable holds neither: most texts need no search.
        if not text.isprintable() and (
            CONTROL.search(text) or (not self.lines and LINE_BREAK.search(text))
        ):
            raise ValidationError(said("control_character"))
        return text

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": self.max_length,
            "pattern": SHOWS if self.lines else SHOWS_ON_ONE_LINE,
        }


class Phone(Text):
    """One telephone number as people write it, kept as written; what it means is read by
    :mod:`schemas.kit.telephone`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NUMBER, **options)

    def read(self, value: Any) -> str:
        text = half_width(super().read(value))
        if read_telephone(text) is None:
            raise ValidationError(said("invalid_phone"))
        return text

    def json_schema(self) -> dict[str, Any]:
        """Nothing has fewer digits than the numbers of banks and carriers."""
        return {
            "type": "string",
            "maxLength": self.max_length,
            "pattern": "^(?:[^0-9]*[0-9]){5}",
            "examples": ["13800000000"],
        }


class EmailAddress(Described, fields.String):
    """An e-mail address, its domain as punycode."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(said("invalid_string"))
        if len(value) > LONGEST_ADDRESS:
            raise ValidationError(said("too_long", max=LONGEST_ADDRESS))
        address = read_mail_address(value)
        if address is None:
            raise ValidationError(said("invalid_email"))
        return address

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "email",
            "maxLength": LONGEST_ADDRESS,
            "pattern": r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[^@\s]+\.[^@\s.]+$",
            "examples": ["office@example.org"],
        }


class Uscc(Described, fields.String):
    """统一社会信用代码 (GB 32100-2015), check character verified; spaces, hyphens, lower case and
    full-width letters are normalised away. The first two signs may be letters."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(said("invalid_string"))
        # Bounded before normalising: nothing longer can be a code however it is spaced.
        if len(value) > _LONGEST_CODE:
            raise ValidationError(said("invalid_uscc"))
        code = value if _USCC.fullmatch(value) else code_form(value)
        if not _USCC.fullmatch(code):
            raise ValidationError(said(_why_no_code(code)))
        digits = map(_USCC_VALUES.__getitem__, code)
        if sum(map(mul, digits, _USCC_WEIGHTS)) % len(_USCC_SIGNS):
            raise ValidationError(said("invalid_uscc_check"))
        return code

    def json_schema(self) -> dict[str, Any]:
        """The field as JSON Schema (of the normalised form)."""
        return {
            "type": "string",
            "pattern": "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$",
            "examples": ["91110102MA00A001XU"],
        }


def _why_no_code(code: str) -> str:
    if _REGISTRATION_NUMBER.fullmatch(code):
        return "registration_number"
    return "invalid_uscc_check" if _USCC_BODY.fullmatch(code) else "invalid_uscc"


class Money(Described, fields.Field[Decimal]):
    """Yuan, at most two decimals, up to :data:`MONEY_MAX`; negative only where ``signed``.

    Loads a string, a whole number or an exact ``Decimal``; dumps ``"30000.00"``.
    """

    def __init__(self, *, signed: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.signed = signed

    def read(self, value: Any) -> Decimal:
        if type(value) is str and _PLAIN_MONEY.fullmatch(value):
            return Decimal(value).quantize(_CENT)
        amount = self._exact(value)
        if amount < 0 and not self.signed:
            raise ValidationError(said("negative"))
        exponent = amount.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -2:  # noqa: PLR2004 -- fen
            raise ValidationError(said("too_many_decimals"))
        if abs(amount) > MONEY_MAX:
            raise ValidationError(said("too_large"))
        return amount.quantize(_CENT) or Decimal("0.00")  # never "-0.00"

    @staticmethod
    def _exact(value: Any) -> Decimal:
        match value:
            case bool():
                raise ValidationError(said("invalid_money"))
            case Decimal() if value.is_finite():
                return value
            case int():
                return Decimal(value)
            case str() if plain := _written(value, _MONEY):
                return Decimal(plain)
            case _:
                raise ValidationError(said("invalid_money"))

    plain = "{:.2f}".format

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else Money.plain(value)

    def json_schema(self) -> dict[str, Any]:
        """The field as JSON Schema. Numbers are taken too; answers always hold strings."""
        sign = "-?" if self.signed else ""
        return {
            "type": ["string", "number"],
            "pattern": rf"^{sign}[0-9]{{1,11}}(\.[0-9]{{1,2}})?$",
            "minimum": -float(MONEY_MAX) if self.signed else 0,
            "maximum": float(MONEY_MAX),
            "examples": ["30000.00"],
        }


class Percent(Described, fields.Field[Decimal]):
    """A rate in per cent, 0 to 100, at most six decimals; ``"1.99"`` means 1.99 %.

    Loads a string, a whole number or an exact ``Decimal``; dumps the plain digits, ``"1.99"``.
    """

    def read(self, value: Any) -> Decimal:
        match value:
            case Decimal() if value.is_finite():
                rate = value
            case int() if not isinstance(value, bool):
                rate = Decimal(value)
            case str() if plain := _written(value, _MONEY):
                rate = Decimal(plain)
            case _:
                raise ValidationError(said("invalid_percent"))
        if not 0 <= rate <= 100:  # noqa: PLR2004 -- per cent
            raise ValidationError(said("out_of_range", min=0, max=100))
        exponent = rate.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -6:  # noqa: PLR2004 -- in the docstring
            raise ValidationError(said("too_many_rate_decimals"))
        return abs(rate)

    plain = "{:f}".format

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else Percent.plain(value)

    def json_schema(self) -> dict[str, Any]:
        """The field as JSON Schema. Numbers are taken too; answers always hold strings."""
        return {
            "type": ["string", "number"],
            "pattern": r"^(?:[0-9]{1,2}(?:\.[0-9]{1,6})?|100(?:\.0{1,6})?)$",
            "minimum": 0,
            "maximum": 100,
            "examples": ["1.99"],
            "x-unit": "%",
        }


class DateField(Described, fields.Date):
    """A calendar date written ``YYYY-MM-DD``, from :data:`EARLIEST` to :data:`LATEST`."""

    plain = date.isoformat

    def read(self, value: Any) -> date:
        # date.fromisoformat alone would also take 20200301 and 2020-W10-1.
        text = _written(value, _DATE)
        if text is None:
            raise ValidationError(said("invalid_date"))
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValidationError(said("invalid_date")) from None
        if not EARLIEST <= day <= LATEST:
            raise ValidationError(said("date_out_of_range", first=EARLIEST, last=LATEST))
        return day

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "date",
            "pattern": "^(?:19[0-9]{2}|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}$",
            "examples": ["2020-03-01"],
        }


class Month(Described, fields.String):
    """A calendar month written ``YYYY-MM``."""

    def read(self, value: Any) -> str:
        text = _written(value, _MONTH)
        if text is None:
            raise ValidationError(said("invalid_month"))
        return text

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$",
            "examples": ["2020-03"],
        }


class Whole(Described, fields.Integer):
    """A whole number within bounds; ``"5"``, ``5.0`` and ``true`` are refused."""

    def __init__(self, *, low: int = 0, high: int = 1_000_000_000, **options: Any) -> None:
        super().__init__(strict=True, **options)
        self.low = low
        self.high = high

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError(said("invalid_integer"))
        if value < 0 <= self.low:
            raise ValidationError(said("negative"))
        if not self.low <= value <= self.high:
            raise ValidationError(said("out_of_range", min=self.low, max=self.high))
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class YesNo(Described, fields.Boolean):
    """``true`` or ``false`` and nothing that merely looks like it (``"yes"``, ``1``)."""

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(said("invalid_boolean"))
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Choice(Described, fields.String):
    """One value of a closed :class:`vocabulary.base.Vocabulary`, as its plain string."""

    def __init__(self, vocabulary: type[Vocabulary], **options: Any) -> None:
        super().__init__(**options)
        self.vocabulary = vocabulary
        self.labels = {member.value: member.label for member in vocabulary}

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(said("invalid_string"))
        if value not in self.labels:
            choices = "、".join(f"{key}（{label}）" for key, label in self.labels.items())
            raise ValidationError(said("invalid_choice", choices=choices))
        return value

    def json_schema(self) -> dict[str, Any]:
        """The field as JSON Schema, each value with its Chinese label."""
        return {"type": "string", "enum": list(self.labels), "x-enum-labels": dict(self.labels)}
