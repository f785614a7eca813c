"""The textbook build: what a team would otherwise have written.

Flask, marshmallow, the SQLAlchemy ORM, gunicorn, and Celery with one `.delay()` per submission and
one task per stage. The form, the rules and the tables are Wenqi's own, so that the work is the
same; a check before every run holds the rows at the end equal.

It is not made slow: engine, sessions and schemas are built once, results are ignored, messages are
acknowledged early (Celery's default), and gunicorn's workers and threads are what measured best.
What it does not give: a submission whose `.delay()` fails after the commit is never assessed.
"""
