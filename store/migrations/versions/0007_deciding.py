"""What deciding writes costs less: keys that are not checked row by row, documents as they are.

Eight foreign keys stay declared and are no longer enforced: their checks were a third of what
PostgreSQL spent on an application (docs/decisions/0009). Each of these rows is written in the
transaction that has locked, or just written, the row it refers to, so that only a deletion could
leave it hanging: deleting is refused instead, and `wenqi doctor` looks for rows that refer to
nothing. Catalogue changes only; `ALTER CONSTRAINT … ENFORCED` undoes them.
"""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNENFORCED = """
ALTER TABLE assessment ALTER CONSTRAINT fk_assessment_application_id NOT ENFORCED;
ALTER TABLE assessment ALTER CONSTRAINT fk_assessment_parameters_hash NOT ENFORCED;
ALTER TABLE benefit_claim ALTER CONSTRAINT fk_benefit_claim_application_id NOT ENFORCED;
ALTER TABLE visit ALTER CONSTRAINT fk_visit_application_id NOT ENFORCED;
ALTER TABLE application ALTER CONSTRAINT fk_application_visit_id NOT ENFORCED;
ALTER TABLE event ALTER CONSTRAINT fk_event_application_id NOT ENFORCED;
ALTER TABLE delivery ALTER CONSTRAINT fk_delivery_event_id NOT ENFORCED;
ALTER TABLE delivery ALTER CONSTRAINT fk_delivery_application_id NOT ENFORCED;
"""

# A document is about 2.5 kB, just above what PostgreSQL compresses; doing so cost more than
# writing it, and every reader paid again. Larger ones are compressed as before.
INLINE = "ALTER TABLE assessment SET (toast_tuple_target = 4080);"


def upgrade() -> None:
    """Stop checking the keys, refuse deletions instead, store documents as they come."""
    connection = op.get_bind()
    for statements in (UNENFORCED, load("refuse_deletion"), INLINE):
        connection.exec_driver_sql(statements)
