"""Handing one e-mail to the mail server, and saying what kind of failure it was."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from casework.errors import PermanentError, RetryableError
from config.settings import Settings, SmtpServer

PERMANENT_FROM = 500
SILENT = "mail: the server did not answer in time"


class Mailer:
    """A connection to the mail server, opened at the first message and opened anew if it broke.

    In: settings with SMTP_URL and SMTP_FROM. Raises RetryableError if there is none.
    """

    def __init__(self, settings: Settings) -> None:
        server = settings.smtp
        if server is None:
            raise RetryableError("mail: SMTP_URL is not set")
        self._server: SmtpServer = server
        self._timeout = settings.smtp_timeout
        self._smtp: smtplib.SMTP | None = None
        self._silent = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Send one message to its one recipient.

        Raises PermanentError if the server refuses recipient or content for good, RetryableError
        for anything that may pass: no connection, 4xx, refused login or sender. Once the server
        did not answer in time it is not asked again: the next messages would only hang, too.
        """
        if self._silent:
            raise RetryableError(SILENT)
        try:
            smtp = self._smtp or self._connect()
            self._smtp = smtp
            smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _by_code(code, "recipient refused", said) from error
        except smtplib.SMTPDataError as error:
            raise _by_code(error.smtp_code, "content refused", error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            # Sender, login or greeting refused: ours to put right, not the message's fault.
            self._hang_up()
            raise RetryableError(f"mail: {type(error).__name__} {error.smtp_code}") from error
        except TimeoutError as error:
            self._hang_up()
            self._silent = True
            raise RetryableError(SILENT) from error
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise RetryableError(f"mail: {type(error).__name__}") from error

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        self._smtp = smtp
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.username is not None:
            smtp.login(server.username, server.password or "")
        return smtp

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _by_code(code: int, what: str, said: bytes | str) -> PermanentError | RetryableError:
    # The enhanced code (5.1.1) says more than the number; the words after it may hold addresses.
    words = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    enhanced = words.split(" ", 1)[0] if words[:1].isdigit() else ""
    reason = f"mail: {what}, {code} {enhanced}".rstrip()
    return PermanentError(reason) if code >= PERMANENT_FROM else RetryableError(reason)
