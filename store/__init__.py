"""PostgreSQL: tables per aggregate, migrations, the work ledger and the database handle."""
