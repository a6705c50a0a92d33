"""pulumi-command's remote.CopyToRemote for single files, with the official plugin's semantics and error texts.

Source: pulumi-command 1.2.1, provider/pkg/provider/remote/copyController.go.
"""

import errno
import posixpath
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

import paramiko

from rehearsal.errors import RehearsalError
from rehearsal.providers import ssh
from rehearsal.providers.command import Remote
from rehearsal.providers.values import SIGNATURE, Values, reveal

# sdk/go/common/resource/sig: the mark of an asset.
ASSET = "c44067f5952c0a294b673a41bacd8c17"


class CopyToRemote(Remote):
    """Copies a file when its content or its target changed. In place, as the login user: no mode, no sudo."""

    type = "command:remote:CopyToRemote"
    required = frozenset({"connection", "source", "remotePath"})
    optional = frozenset({"triggers"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        yield from super().check(inputs)
        source = inputs.get("source")
        if source is None:
            # Not known yet: the official plugin refuses it in a preview.
            yield "asset", "either asset or archive must be set"
        elif source.get(SIGNATURE) != ASSET:
            yield "source", "the rehearsal copies a pulumi.FileAsset or a pulumi.StringAsset, nothing else"
        elif not ("path" in source or "text" in source):
            yield "asset", "asset must be a path-based file asset or a text asset"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        self.copy(inputs)
        return secrets.token_hex(4), {}

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        before = reveal(old)
        if (before["source"]["hash"], before["remotePath"]) != (inputs["source"]["hash"], inputs["remotePath"]):
            self.copy(inputs)
        return {}

    def copy(self, inputs: Values) -> None:
        source, target = inputs["source"], inputs["remotePath"]
        with ssh.connection(inputs["connection"], self.mutter) as transport:
            client = paramiko.SFTPClient.from_transport(transport)
            assert client is not None
            if "text" in source:
                _put(client, source["text"].encode(), _place_for_text(client, target))
            else:
                _put(client, _content(Path(source["path"])), _place_for_file(client, target, Path(source["path"]).name))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RehearsalError(f"open {path}: {(error.strerror or str(error)).lower()}") from None


def _place_for_text(client: paramiko.SFTPClient, target: str) -> str:
    if _is_directory(client, target):
        raise RehearsalError(
            f"remote path {target} is a directory; when using a text asset, remotePath must be a file path"
        )
    return target


def _place_for_file(client: paramiko.SFTPClient, target: str, name: str) -> str:
    return posixpath.join(target, name) if _is_directory(client, target) else target


def _put(client: paramiko.SFTPClient, content: bytes, target: str) -> None:
    parent = posixpath.dirname(target)
    try:
        _make_directories(client, parent)
    except OSError as error:
        raise RehearsalError(f"failed to create parent directories for {target}: {_words(error)}") from None
    try:
        with client.open(target, "wb") as sink:
            sink.set_pipelined(True)
            sink.write(content)
    except OSError as error:
        raise RehearsalError(f"failed to create remote file {target}: {_words(error)}") from None


def _words(error: OSError) -> str:
    """As Go's os and pkg/sftp name what the server refused."""
    known = {errno.ENOENT: "file does not exist", errno.EACCES: "permission denied"}
    return known.get(error.errno or 0, f'sftp: "{error.strerror or error}" (SSH_FX_FAILURE)')


def _is_directory(client: paramiko.SFTPClient, path: str) -> bool:
    try:
        mode = client.stat(path).st_mode
    except FileNotFoundError:
        return False
    except OSError as error:
        raise RehearsalError(f"failed to stat remote path {path}: {_words(error)}") from None
    return mode is not None and stat.S_ISDIR(mode)


def _make_directories(client: paramiko.SFTPClient, path: str) -> None:
    if path in ("", "/") or _is_directory(client, path):
        return
    _make_directories(client, posixpath.dirname(path))
    client.mkdir(path)
