"""Whichever command plugin is at work: a file gets to the host, whole, and only when it changed."""

import hashlib
from pathlib import Path
from typing import Any

import grpc
import pytest

from rehearsal.providers.copying import ASSET
from rehearsal.providers.values import SIGNATURE, Values
from tests.standins.provider_calls import Changes, Provider, refusal
from tests.standins.sshd import Sshd

COPY = "command:remote:CopyToRemote"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def file_asset(path: Path, text: str) -> Values:
    path.write_text(text)
    return {SIGNATURE: ASSET, "path": str(path), "hash": hashlib.sha256(text.encode()).hexdigest()}


def text_asset(text: str) -> Values:
    return {SIGNATURE: ASSET, "text": text, "hash": hashlib.sha256(text.encode()).hexdigest()}


def inputs(plugin: Provider, server: Sshd, source: Values, target: Path, **other: Any) -> Values:
    news = {"connection": server.connection(), "source": source, "remotePath": str(target), **other}
    taken, failures = plugin.check(COPY, news)
    assert failures == []
    return taken


def test_a_file_is_copied_and_the_folders_above_it_are_made(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    source, target = file_asset(tmp_path / "source", "x\n"), tmp_path / "a" / "b" / "target"
    plugin.create(COPY, inputs(plugin, server, source, target))
    assert target.read_text() == "x\n"


def test_into_a_folder_it_keeps_its_own_name(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    plugin.create(COPY, inputs(plugin, server, file_asset(tmp_path / "source", "x"), tmp_path / "folder"))
    assert (tmp_path / "folder" / "source").read_text() == "x"


def test_a_longer_file_there_is_overwritten_whole(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("long " * 1000)
    plugin.create(COPY, inputs(plugin, server, file_asset(tmp_path / "source", "short"), target))
    assert target.read_text() == "short"


def test_three_megabytes_arrive_whole(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    text = "".join(f"{number:07}" for number in range(450_000))
    plugin.create(COPY, inputs(plugin, server, file_asset(tmp_path / "source", text), tmp_path / "target"))
    assert (tmp_path / "target").read_text() == text


def test_a_preview_copies_nothing(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    taken = inputs(plugin, server, file_asset(tmp_path / "source", "x"), tmp_path / "target")
    plugin.create(COPY, taken, preview=True)
    assert not (tmp_path / "target").exists()


def test_it_is_copied_again_when_its_content_or_its_place_changed_and_not_else(
    plugin: Provider, server: Sshd, tmp_path: Path
) -> None:
    source, target = file_asset(tmp_path / "source", "one"), tmp_path / "target"
    taken = inputs(plugin, server, source, target)
    id, outputs = plugin.create(COPY, taken)
    before = server.logins()
    redialled = inputs(plugin, server, source, target) | {"connection": server.connection(dialErrorLimit=3)}
    outputs = plugin.update(COPY, id, outputs, redialled)
    assert server.logins() == before, "another connection alone dials nothing"
    elsewhere = inputs(plugin, server, source, tmp_path / "elsewhere")
    outputs = plugin.update(COPY, id, outputs, elsewhere)
    assert (tmp_path / "elsewhere").read_text() == "one"
    plugin.update(COPY, id, outputs, inputs(plugin, server, file_asset(tmp_path / "source", "two"), target))
    assert target.read_text() == "two"


def test_other_content_does_not_replace(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    target = tmp_path / "target"
    old = inputs(plugin, server, file_asset(tmp_path / "source", "one"), target, triggers=["i-1"])
    other = inputs(plugin, server, file_asset(tmp_path / "source", "two"), target, triggers=["i-1"])
    assert plugin.diff(COPY, old, old) == Changes(some=False, replaces=[])
    assert plugin.diff(COPY, old, other) == Changes(some=True, replaces=[])


def test_a_text_becomes_a_file(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    plugin.create(COPY, inputs(plugin, server, text_asset("text é\n"), tmp_path / "a" / "target"))
    assert (tmp_path / "a" / "target").read_text() == "text é\n"


def test_a_text_has_no_name_to_keep_in_a_folder(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    with pytest.raises(grpc.RpcError) as error:
        plugin.create(COPY, inputs(plugin, server, text_asset("x"), tmp_path))
    assert refusal(error) == (
        f"remote path {tmp_path} is a directory; when using a text asset, remotePath must be a file path"
    )


def test_a_source_that_is_gone_is_named(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    taken = inputs(plugin, server, file_asset(tmp_path / "source", "x"), tmp_path / "target")
    (tmp_path / "source").unlink()
    with pytest.raises(grpc.RpcError) as error:
        plugin.create(COPY, taken)
    assert refusal(error).endswith(f"{tmp_path}/source: no such file or directory")


def test_a_place_that_cannot_be_is_named(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "target"
    with pytest.raises(grpc.RpcError) as error:
        plugin.create(COPY, inputs(plugin, server, file_asset(tmp_path / "source", "x"), target))
    assert str(target) in refusal(error)


def test_a_source_not_known_yet_is_refused(plugin: Provider, server: Sshd) -> None:
    news = {"connection": server.connection(), "source": UNKNOWN, "remotePath": "/tmp/x"}
    _, failures = plugin.check(COPY, news)
    assert failures == ["asset: either asset or archive must be set"]
