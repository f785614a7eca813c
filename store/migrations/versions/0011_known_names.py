"""Enterprises are found by any usual writing of a name, by former names, at any number of cases.

The names so far are taken from the applications and from answered supplements, a group of
applications at a time.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GROUP = 20_000

TABLE = """
CREATE TABLE IF NOT EXISTS known_name (
    party TEXT NOT NULL,
    form TEXT NOT NULL,
    pairs TSVECTOR NOT NULL,
    CONSTRAINT pk_known_name PRIMARY KEY (party, form)
);
CREATE INDEX IF NOT EXISTS ix_known_name_pairs ON known_name USING gin (pairs);
"""

# As `vocabulary.writing.name_form` folds it, as far as the database can: what differs is put right
# when the application is assessed next.
FILL = """
INSERT INTO known_name (party, form, pairs)
SELECT party, form, array_to_tsvector(
    ARRAY(SELECT substr(form, i, 2) FROM generate_series(1, length(form)) AS i))
FROM (
    SELECT DISTINCT coalesce(a.uscc, '#' || a.id) AS party,
        regexp_replace(lower(normalize(named.name, NFKC)), '[^[:alnum:]]', '', 'g') AS form
    FROM application AS a CROSS JOIN LATERAL (
        SELECT a.name UNION
        SELECT s.changes #>> '{/enterprise/name,0}' FROM supplement AS s
        WHERE s.application_id = a.id AND s.changes ? '/enterprise/name'
    ) AS named (name)
    WHERE a.id > %(after)s AND a.id <= %(upto)s AND named.name IS NOT NULL
) AS known
WHERE form <> ''
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Make the table and fill it."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.exec_driver_sql(TABLE)
        last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM application")
        for after in range(0, last.scalar_one(), GROUP):
            connection.exec_driver_sql(FILL, {"after": after, "upto": after + GROUP})
