"""What the WSGI server loads: the application with this process's settings, logs and reports."""

import gc

from api import operator
from api.services import of
from config.settings import Settings
from config.telemetry import sentry
from config.telemetry.logs import configure_logging
from web import first_keys
from web.app import create_app

_settings = Settings.from_env()
configure_logging(_settings.log_level, "api")
sentry.start(_settings, "api")
app = create_app(_settings)
first_keys.await_keys(of(app), _settings)
if _settings.operator_listen is not None:
    operator.listen(of(app), _settings.operator_listen)
# What exists now lives as long as the process: the collector need not walk through it again and
# again. A request leaves little that only the collector finds.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
