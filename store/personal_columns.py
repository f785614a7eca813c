"""Where text about people is sealed, column by column: what `wenqi keys` goes through.

`docs/personal-data.toml` decides on every column of the schema; a test holds that those which are
sealed there are the ones here.
"""

from __future__ import annotations

from typing import Final, NamedTuple

SIGN: Final = "\x1e"
"""What sealed text begins with: PostgreSQL's text and JSON hold it, every field that people type
into refuses it."""


class Sealing(NamedTuple):
    """A sealed column. `key`: the table's whole-number key, by which blocks of rows are gone
    through; `row`: SQL over `t` for what a text is bound to; `where`: SQL over `t` for the rows
    that are sealed at all; `is_json`: the text lies in a JSON string; `is_bytes`: the encryption
    itself does, without sign and base64; `is_within`: the texts lie in a JSON document, which is
    not sealed as a whole."""

    table: str
    column: str
    key: str = "id"
    row: str = "t.id::text"
    where: str = "true"
    is_json: bool = False
    is_bytes: bool = False
    is_within: bool = False

    @property
    def name(self) -> str:
        """As people are told it."""
        return f"{self.table}.{self.column}"

    @property
    def stored(self) -> str:
        """SQL over `t`: the column's text as it is stored."""
        return f"t.{self.column} #>> '{{}}'" if self.is_json else f"t.{self.column}"


RECEIPT_NUMBER: Final = "split_part(t.receipt, '-', 2)::bigint::text"

# A place in this list stands in work items that are on their way: new ones go to the end.
SEALED: Final[tuple[Sealing, ...]] = (
    Sealing("application", "personal", row=RECEIPT_NUMBER),
    Sealing("application", "identity_note", row=RECEIPT_NUMBER),
    Sealing("visit", "note"),
    Sealing("request", "words"),
    Sealing("request", "answer"),
    Sealing("review", "reason"),
    Sealing("review", "note"),
    Sealing("rating", "comment", key="application_id", row="t.application_id::text"),
    Sealing("callback", "note", key="application_id", row="t.application_id::text"),
    Sealing("supplement", "changes", is_json=True),
    Sealing("delivery", "note"),
    Sealing(
        "delivery",
        "address",
        row="t.event_id || ':' || t.channel",
        where="t.recipient_kind = 'enterprise'",
    ),
    Sealing("event_text", "words", is_bytes=True),
    Sealing("account", "totp_secret", is_bytes=True),
    Sealing("account", "totp_pending", is_bytes=True),
    Sealing("draft", "typed", is_bytes=True),
    Sealing("index_key", "key", is_bytes=True),
    Sealing("official_finding", "note"),
    Sealing("official_finding", "evidence"),
    Sealing("determination", "reason", where="t.proposed_by <> 'system'"),
    Sealing("determination", "decision_note"),
    Sealing("determination", "findings", where="t.findings <> '[]'", is_json=True),
    Sealing("supplement", "reason"),
    Sealing("delegation", "reason"),
    Sealing(
        "access_code",
        "note",
        key="application_id",
        row="t.application_id || ':' || t.serial",
    ),
    Sealing("assessment", "document", row="t.application_id || ':' || t.serial", is_within=True),
    Sealing("kept_list", "name", row="t.account_id::text"),
    Sealing("document", "name"),
    Sealing("document", "piece_key", is_bytes=True),
    Sealing("document_file", "file_key", is_bytes=True),
    Sealing("import_upload", "name"),
    Sealing("import_upload", "file_key", is_bytes=True),
    Sealing("payment_account", "particulars"),
    Sealing("payment_line", "note"),
    Sealing("objection", "address"),
    Sealing("objection", "words"),
    Sealing("objection", "answer"),
    Sealing("practice_change", "reason"),
    Sealing("bureau_address", "contacts"),
)
