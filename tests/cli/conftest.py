"""An operator, with an SSH server for a host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.operator import Operator
from tests.standins import sshd


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """Commands on the host find the operator's programs first."""
    force = f'ForceCommand PATH={tmp_path}/bin:$PATH; eval "$SSH_ORIGINAL_COMMAND"'
    with sshd.serving(tmp_path, force) as server:
        yield Operator(folder=tmp_path, sshd=server)
