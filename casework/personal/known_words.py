"""The words by which officers find cases, as they are stored: of names and of telephones' endings.

`party`: an enterprise's code, or "#" and the id of the one application that a row is for; `form`:
what the words are of, one row each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection


def write(conn: Connection, known: Mapping[tuple[str, str], Collection[str]]) -> None:
    """Remember words by party and form, in the caller's transaction; what is there stays."""
    rows = sorted(known)
    conn.exec_driver_sql(
        "INSERT INTO known_name (party, form, pairs)"
        " SELECT party, form, array_to_tsvector(string_to_array(pairs, ' '))"
        " FROM unnest(%(parties)b::text[], %(forms)b::text[], %(pairs)b::text[])"
        "  AS u (party, form, pairs)"
        " ON CONFLICT DO NOTHING",
        {
            "parties": [party for party, _ in rows],
            "forms": [form for _, form in rows],
            "pairs": [" ".join(known[row]) for row in rows],
        },
    )
