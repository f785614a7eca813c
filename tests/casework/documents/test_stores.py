"""Where files lie: the folder and a real S3 protocol server do the same."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from casework.documents import stores
from casework.documents.errors import StoreAway
from casework.documents.stores import ObjectMissing, Store
from casework.personal import file_cipher
from casework.personal.encryption import Unreadable
from config.documents import Bucket, Documents, Folder, place, scanner

PLAIN = bytes(range(256)) * 4096
KEYS = 'access_key_id = "test"\nsecret_access_key = "made-up"\n'


@contextmanager
def bucket(folder: Path) -> Iterator[Documents]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    (folder / "keys.toml").write_text(KEYS, encoding="utf-8")
    # The bucket itself is the operator's to make.
    requests.put(f"{endpoint}/papers", timeout=30).raise_for_status()
    try:
        yield Documents(
            store=Bucket("papers", "wenqi", endpoint, None), store_login=folder / "keys.toml"
        )
    finally:
        server.stop()


@pytest.fixture(scope="module", params=["folder", "bucket"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("store")
    if request.param == "folder":
        yield stores.open_store(Documents(store=Folder(folder / "papers")))
    else:
        with bucket(folder) as documents:
            yield stores.open_store(documents)


def test_an_object_is_there_whole_and_gone_when_removed(store: Store) -> None:
    pieces = [PLAIN[start : start + 100_000] for start in range(0, len(PLAIN), 100_000)] * 7
    store.put("files/ab/one", iter(pieces))
    store.put("pieces/x/0-5", [b"small"])
    assert b"".join(store.get("files/ab/one")) == b"".join(pieces)
    assert {each.name for each in store.every()} == {"files/ab/one", "pieces/x/0-5"}
    store.remove(["files/ab/one", "pieces/x/0-5", "never/was"])
    assert list(store.every()) == []
    with pytest.raises(ObjectMissing):
        store.get("files/ab/one")


def test_the_folder_is_for_one_account_and_half_a_file_never_shows(tmp_path: Path) -> None:
    root = tmp_path / "var" / "documents"
    store = stores.open_store(Documents(store=Folder(root)))

    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise StoreAway

    with pytest.raises(StoreAway):
        store.put("files/a", breaking())
    assert list(store.every()) == []
    store.put("files/a", [b"whole"])
    for path, mode in ((root, 0o700), (root / "files", 0o700), (root / "files/a", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_store_that_does_not_answer_says_so() -> None:
    away = S3Store(
        "papers",
        region="us-east-1",
        endpoint="http://127.0.0.1:1",
        access_key_id="test",
        secret_access_key="made-up",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    store = stores.InBucket(away)
    for act in (
        lambda: store.put("a", [b"x"]),
        lambda: store.get("a"),
        lambda: store.remove(["a"]),
        lambda: list(store.every()),
    ):
        with pytest.raises(StoreAway):
            act()


def test_a_sealed_file_cannot_be_cut_moved_or_changed() -> None:
    key = file_cipher.new_key()
    sealed = b"".join(file_cipher.seal(key, "one", [PLAIN[:700_000]]))
    assert PLAIN[:64] not in sealed
    assert b"".join(file_cipher.unseal(key, "one", [sealed])) == PLAIN[:700_000]
    record = file_cipher.PIECE + 28
    swapped = sealed[record : 2 * record] + sealed[:record] + sealed[2 * record :]
    changed = sealed[:50] + bytes([sealed[50] ^ 1]) + sealed[51:]
    for broken, name in (
        (sealed[:record], "one"),
        (sealed[: 2 * record], "one"),
        (b"", "one"),
        (swapped, "one"),
        (changed, "one"),
        (sealed, "two"),
    ):
        with pytest.raises(Unreadable):
            list(file_cipher.unseal(key, name, [broken]))
    with pytest.raises(Unreadable):
        list(file_cipher.unseal(file_cipher.new_key(), "one", [sealed]))


def test_what_the_settings_name_is_read_or_refused_in_words() -> None:
    assert place("/srv/papers") == Folder(Path("/srv/papers"))
    assert place("s3://papers/a/b?endpoint=https://s3.example.org&region=cn") == Bucket(
        "papers", "a/b", "https://s3.example.org", "cn"
    )
    for wrong in (
        "ftp://x",
        "s3://",
        "s3://key:secret@papers",
        "s3://papers?endpoint=http://s3.example.org",
        "s3://papers?other=1",
    ):
        with pytest.raises(ValueError, match="must"):
            place(wrong)
    assert scanner("unix:///run/clamav/clamd.sock").path == "/run/clamav/clamd.sock"
    assert scanner("tcp://127.0.0.1:3310").port == 3310
    for wrong in ("tcp://192.0.2.1:3310", "tcp://127.0.0.1", "http://127.0.0.1:1", "unix:relative"):
        with pytest.raises(ValueError, match="must"):
            scanner(wrong)
