"""What the WSGI server loads: the application with this process's settings, logs and reports."""

from api.app import create_app
from config.observability import configure_logging, init_sentry
from config.settings import Settings

_settings = Settings.from_env()
configure_logging(_settings.log_level, "api")
init_sentry(_settings, "api")
app = create_app(_settings)
