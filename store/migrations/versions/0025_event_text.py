"""What people wrote about an event, beside it: an event that refers to its text can stay for ever.

Expand-only. Reasons that stand in events of before stay there: nobody may change an event
(docs/retention.md says what an owner of the database can do).
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE event_text (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    words BYTEA NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_event_text PRIMARY KEY (id),
    CONSTRAINT fk_event_text_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_event_text_application_id ON event_text (application_id)
"""


def upgrade() -> None:
    """Add the table."""
    op.get_bind().exec_driver_sql(TABLE)
