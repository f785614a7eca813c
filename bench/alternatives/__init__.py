"""Two other ways to build the same thing well: asynchronous, raw SQL, one job per application.

Unlike the textbook they decide an application in a single transaction of a single job. `rows`
holds what they share; `fastapi_taskiq` moves the work over Redis streams (acknowledged after the
work, so a killed worker loses nothing; a crash between commit and publication still does),
`fastapi_procrastinate` keeps its jobs in PostgreSQL and enqueues in the accepting transaction.
"""
