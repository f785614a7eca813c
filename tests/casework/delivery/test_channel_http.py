"""The one POST everything leaves the house by: where it may go, and that it always ends."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from casework.delivery.channels import http
from casework.delivery.channels.http import post
from casework.errors import RetryableError
from casework.outbox.urls import AddressRefused, is_public
from tests.support.receiver import Answer, Receiver
from tests.support.servers import free_port


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.stop()


def send(url: str, *, timeout: float = 5, public_only: bool = False) -> http.Reply:
    return post(url, b"{}", {"X-Test": "1"}, timeout=timeout, public_only=public_only)


def test_method_path_query_and_host_arrive_as_in_the_url(receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(202, b"taken", {"X-Answer": "yes"})
    reply = send(f"{receiver.url}/hook?a=1&b=%20")
    assert (reply.status, reply.body, reply.headers["x-answer"]) == (202, b"taken", "yes")
    (request,) = receiver.received
    assert request.path == "/hook?a=1&b=%20"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["x-test"] == "1"


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "localhost"),  # noqa: S104
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("[fec0::1]", "[::127.0.0.1]", "[3fff::1]", "192.0.0.8"),
        *("[fd00::1]", "[fe80::1]", "224.0.0.1", "255.255.255.255", "[2001:0:7f00:1::]"),
    ],
)
def test_an_address_that_is_not_public_is_refused_in_every_spelling(
    receiver: Receiver, host: str
) -> None:
    with pytest.raises(AddressRefused):
        send(f"https://{host}:{receiver.port}/", public_only=True)
    assert receiver.received == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://example.org",
        ),
        *("https:///path", "https://user:word@example.org/", "https://example.org/#part"),
        *("https://example.org:99999/", "https://example.org/ x", "https://例子.example.org/"),
        *("https://example.org/\r\nX-Evil: 1", "//example.org/"),
    ],
)
def test_what_is_no_https_url_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        send(url, public_only=True)


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server may answer with both and hope that the second is tried."""

    def both(_host: str, port: int, **_: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("8.8.8.8", port)), (*kind, ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(AddressRefused):
        send(f"https://rebinding.example.org:{receiver.port}/", public_only=True)


def test_a_name_is_resolved_once_and_the_judged_address_is_the_one_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: whatever the name would answer the second time, nobody asks."""
    asked: list[str] = []
    judged: list[str] = []

    def changing(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def judge(address: str) -> bool:
        judged.append(address)
        return True

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(http, "is_public", judge)
    with pytest.raises(RetryableError, match="SSL"):  # the receiver speaks no TLS
        send(f"https://rebinding.example.org:{receiver.port}/", public_only=True)
    assert asked == ["rebinding.example.org"]
    assert judged == ["127.0.0.1"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver, status: int) -> None:
    inner = f"{receiver.url}/inner"
    receiver.answer = lambda _: Answer(status, headers={"Location": inner})
    assert send(f"{receiver.url}/outer").status == status
    assert [request.path for request in receiver.received] == ["/outer"]


@pytest.mark.parametrize("how", ["hold", "drip"])
def test_a_server_that_never_finishes_is_left_in_time(receiver: Receiver, how: str) -> None:
    receiver.answer = lambda _: Answer(how=how)
    with pytest.raises(RetryableError, match="did not answer in time"):
        send(receiver.url, timeout=0.5)


def test_a_server_that_hangs_up_after_reading_everything_counts_as_a_failure(
    receiver: Receiver,
) -> None:
    receiver.answer = lambda _: Answer(how="drop")
    with pytest.raises(RetryableError, match="RemoteDisconnected"):
        send(receiver.url)
    assert len(receiver.received) == 1


def test_nobody_there_and_no_such_name_can_pass() -> None:
    with pytest.raises(RetryableError, match="ConnectionRefused"):
        send(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(RetryableError, match="gaierror"):
        send("http://no-such-name.invalid/")


def test_an_endless_answer_is_read_only_so_far(receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(body=b"x" * (2 * http.REPLY_BYTES))
    assert len(send(receiver.url).body) == http.REPLY_BYTES


def test_certificates_are_checked_against_the_name_in_the_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate says localhost: that name is taken, the bare address is not."""
    tls, authority = certificate(tmp_path)
    receiver = Receiver(tls)
    receiver.start()
    try:
        with pytest.raises(RetryableError, match="SSLCertVerificationError"):
            send(f"https://localhost:{receiver.port}/")
        trusting = ssl.create_default_context(cafile=str(authority))
        monkeypatch.setattr(http, "_tls", lambda: trusting)
        assert send(f"https://localhost:{receiver.port}/").status == 200
        with pytest.raises(RetryableError, match="SSLCertVerificationError"):
            send(f"https://127.0.0.1:{receiver.port}/")
    finally:
        receiver.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for localhost, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context, path
