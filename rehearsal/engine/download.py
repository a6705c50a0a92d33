"""The official pulumi release: checked against its published SHA-256 list before anything is unpacked."""

import hashlib
import http.client
import os
import platform
import shutil
import ssl
import tarfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.progress import Progress

RELEASES = "https://github.com/pulumi/pulumi/releases/download"
ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
# Seconds. The first is all that a closed network may cost: it covers name resolution, which no socket timeout does.
REACHED_WITHIN = 6.0
STALLED_AFTER = 30.0
CHUNK = 1 << 20


def download(version: str, draft: Path, progress: Progress, releases: str = RELEASES) -> Path:
    """The `pulumi` command of that release, unpacked in `draft`; RehearsalError says why there is none."""
    architecture = ARCHITECTURES.get(platform.machine())
    if not architecture:
        raise RehearsalError(f"there is no release for {platform.machine()}")
    archive = f"pulumi-v{version}-linux-{architecture}.tar.gz"
    published = _published(f"{releases}/v{version}/pulumi-{version}-checksums.txt", archive)
    url = f"{releases}/v{version}/{archive}"
    if _save(url, draft / archive, progress) != published:
        raise RehearsalError(f"{url} does not match its published SHA-256 {published}: it was thrown away")
    return _unpack(draft / archive, draft / "pulumi")


def _published(url: str, archive: str) -> str:
    answers: list[bytes | RehearsalError] = []

    def ask() -> None:
        try:
            with _open(url, REACHED_WITHIN) as response:
                answers.append(response.read(CHUNK))
        except RehearsalError as error:
            answers.append(error)
        except (OSError, http.client.HTTPException) as error:
            answers.append(RehearsalError(f"{url} breaks off: {error}"))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(REACHED_WITHIN)
    if not answers:
        raise RehearsalError(f"{url} does not answer within {REACHED_WITHIN:g} s")
    if isinstance(answers[0], RehearsalError):
        raise answers[0]
    for line in answers[0].decode(errors="replace").splitlines():
        if line.split()[1:] == [archive]:
            return line.split()[0]
    raise RehearsalError(f"{url} does not list {archive}")


def _save(url: str, path: Path, progress: Progress) -> str:
    """Its SHA-256, in hexadecimal."""
    digest = hashlib.sha256()
    have = 0
    try:
        with (
            _open(url, STALLED_AFTER) as response,
            path.open("wb") as file,
            progress.during(lambda: f"Downloading {url}: {have >> 20} MB"),
        ):
            while chunk := response.read(CHUNK):
                have += file.write(chunk)
                digest.update(chunk)
    except (OSError, http.client.HTTPException) as error:
        raise RehearsalError(f"{url} breaks off: {error}") from None
    return digest.hexdigest()


def _open(url: str, timeout: float) -> http.client.HTTPResponse:
    roots = os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE") or None
    try:
        response = urllib.request.urlopen(url, timeout=timeout, context=ssl.create_default_context(cafile=roots))
    except urllib.error.HTTPError as error:
        error.close()
        raise RehearsalError(f"{url} answers {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        raise RehearsalError(f"{url} cannot be reached: {getattr(error, 'reason', error)}") from None
    if not isinstance(response, http.client.HTTPResponse):
        raise RehearsalError(f"{url} is not an HTTP address")
    if url.startswith("https:") and not response.url.startswith("https:"):
        response.close()
        raise RehearsalError(f"{url} leads to {response.url}, which is not HTTPS")
    return response


def _unpack(archive: Path, pulumi: Path) -> Path:
    try:
        with tarfile.open(archive) as tar, pulumi.open("wb") as target:
            source = tar.extractfile("pulumi/pulumi")
            if source is None:
                raise KeyError("pulumi/pulumi")
            shutil.copyfileobj(source, target)
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise RehearsalError(f"{archive.name} cannot be unpacked: {error}") from None
    archive.unlink()
    pulumi.chmod(0o755)
    return pulumi
