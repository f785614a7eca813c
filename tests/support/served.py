"""The API served from within a test's process: over HTTP as ever, at a tenth of a start's time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from werkzeug.serving import make_server

from api.app import create_app
from api.services import services
from config.settings import Settings
from tests.support.servers import free_port


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The address where it answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    if settings.public_url.startswith("http:"):
        settings = replace(settings, public_url=url)
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            services().db.close()
