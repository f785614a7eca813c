"""E-mail: one message to the mail server, and what kind of failure it was."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from contextlib import suppress

from casework.delivery import messages
from casework.delivery.channels import sockets
from casework.delivery.channels.base import Parcel
from casework.errors import PermanentError, RetryableError
from casework.outbox.mime import Mail
from config.settings import Settings
from config.urls import SmtpServer

PERMANENT_FROM = 500
SILENT = "mail: the server did not answer in time"


class EmailChannel:
    """Sends letters as e-mail over one connection. Takes settings with SMTP_URL and SMTP_FROM."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sender = settings.smtp_from or ""
        self._mailer: Mailer | None = None

    def render(self, parcel: Parcel) -> str:
        """Subject and text."""
        if parcel.letter is None:
            raise PermanentError("mail: there is no text")
        return f"{parcel.letter.subject}\n\n{parcel.letter.text}"

    def send(self, parcel: Parcel) -> None:
        """Send the letter to its one recipient."""
        if parcel.letter is None or parcel.contact is None:
            raise PermanentError("mail: there is no text or no address")
        domain = self._sender.rpartition("@")[2]
        message = messages.email(
            parcel.letter,
            sender=self._sender,
            recipient=parcel.contact.address,
            # The same at every attempt: a server or reader can drop the second copy.
            message_id=f"<{parcel.receipt}.{parcel.delivery_id}@{domain}>",
            at=parcel.now,
        )
        self._mailer = self._mailer or Mailer(self._settings)
        self._mailer.send(message)

    def close(self) -> None:
        """Say goodbye to the mail server."""
        if self._mailer is not None:
            self._mailer.close()


class Mailer:
    """A connection to the mail server, opened at the first message and opened anew if it broke.

    Takes settings with SMTP_URL and SMTP_FROM. Raises RetryableError if there is none.
    """

    def __init__(self, settings: Settings) -> None:
        server = settings.smtp
        if server is None:
            raise RetryableError("mail: SMTP_URL is not set")
        self._server: SmtpServer = server
        self._timeout = settings.smtp_timeout
        self._smtp: smtplib.SMTP | None = None
        self._silent = False

    def close(self) -> None:
        """End the conversation, if there is one."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._hang_up()

    def send(self, message: Mail) -> None:
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
            smtp.sendmail(message.sender, [message.recipient], message.raw)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _by_code(code, "recipient refused", said) from error
        except smtplib.SMTPDataError as error:
            raise _by_code(error.smtp_code, "content refused", error.smtp_error) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            # What this server cannot take it will not take later; the connection is well.
            raise PermanentError(f"mail: {type(error).__name__}") from error
        except smtplib.SMTPResponseException as error:
            # Sender, login or greeting refused: ours to put right, not the message's fault.
            self._hang_up()
            raise RetryableError(f"mail: {type(error).__name__} {error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            # smtplib turns a time-out while waiting for a reply into "disconnected".
            self._silent = any(isinstance(e, TimeoutError) for e in (error, error.__context__))
            reason = SILENT if self._silent else f"mail: {type(error).__name__}"
            raise RetryableError(reason) from error

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = _SmtpTls(server.host, server.port, timeout=self._timeout, context=context)
        else:
            smtp = _Smtp(server.host, server.port, timeout=self._timeout)
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


class _Smtp(smtplib.SMTP):
    """A client that tries every address of the server within its time-out."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _connected(host, port, timeout)


class _SmtpTls(smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(_connected(host, port, timeout), server_hostname=host)


def _connected(host: str, port: int, timeout: float) -> socket.socket:
    deadline = time.monotonic() + timeout
    sock = sockets.connect(sockets.resolve(host, port, deadline), deadline)
    sock.settimeout(timeout)
    return sock


def _by_code(code: int, what: str, said: bytes | str) -> PermanentError | RetryableError:
    # The enhanced code (5.1.1) says more than the number; the words after it may hold addresses.
    words = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    enhanced = words.split(" ", 1)[0] if words[:1].isdigit() else ""
    reason = f"mail: {what}, {code} {enhanced}".rstrip()
    return PermanentError(reason) if code >= PERMANENT_FROM else RetryableError(reason)
