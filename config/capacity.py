"""How much one API process does at once, so that a stalled database never takes its last thread.

A thread that waits for a database that hangs cannot be called back, so what may hang at the same
time has to be fewer than there are threads:

    GROUP + FEW      of single applications: one statement, and those that wait for it
    BATCHES          batches
    CONNECTIONS - 1 - BATCHES    everything else that holds a connection

    TAKEN_FILES      files that are received, read and stored, which hold no connection meanwhile

    DRAWN_PAGES + AWAITED_PAGES    pages of PDF that are drawn, and those that wait for their turn,
                     which hold none either

are 38 of 40; the others answer: health checks, and refusals with Retry-After.
"""

from __future__ import annotations

from typing import Final

THREADS: Final = 40
CONNECTIONS: Final = 12
GROUP: Final = 16
"""Single applications filed by one statement."""
FEW: Final = 3
"""Those that may go on waiting for a statement that takes long."""
BATCHES: Final = 2
"""Batches hold a thread and a connection for minutes."""
PATIENCE_SECONDS: Final = 2.0
"""Until a statement takes long, and until a pool without a connection to give is stalled."""
READERS: Final = 24
"""Bodies being received: a client that sends ever so slowly holds a thread, which nothing can call
back, and those that send nothing must still be answered."""
READ_FILES: Final = 1
"""Files being read at once, in a process of its own; others wait for their turn."""
TAKEN_FILES: Final = 4
"""Pieces of files being received and stored at once: a share of the readers, a piece of memory
each, so that who uploads never keeps others from filing."""
DRAWN_PAGES: Final = 1
"""Pages of PDF being drawn at once, in a process of its own; others wait some seconds."""
AWAITED_PAGES: Final = 3
"""Who may wait for that: whoever has many pages drawn at once does not hold everybody's threads."""
SPARE_SECONDS: Final = 0.5
"""So much sooner than we let a statement of the API go PostgreSQL gives it up and says so: then it
is known what became of it, unless the server hangs."""
