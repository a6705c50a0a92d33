"""What the program tells the host about releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from slipway_host import rules
from slipway_host.errors import Failure
from slipway_host.rules import Rules, Timer

from tests.host import host_standins


def test_a_host_without_the_file_keeps_to_the_defaults(root: Path) -> None:
    paths, _ = host_standins.host(root)
    assert rules.read(paths) == Rules()


def test_what_the_program_writes_is_what_holds_and_what_is_unknown_is_left(root: Path) -> None:
    paths, _ = host_standins.host(root)
    timer = {"command": "manage.py clearsessions", "calendar": "daily"}
    written = {"domain": "www.example.org", "accept_migrations": ["shop.0007_x"], "schedule": {"tidy": timer}, "new": 1}
    paths.rules.write_text(json.dumps(written))
    assert rules.read(paths) == Rules(
        domain="www.example.org", accept_migrations=("shop.0007_x",), schedule={"tidy": Timer(**timer)}
    )


@pytest.mark.parametrize("text", ["", "[]", '{"schedule": {"tidy": {}}}'])
def test_a_damaged_file_is_a_sentence(root: Path, text: str) -> None:
    paths, _ = host_standins.host(root)
    paths.rules.write_text(text)
    with pytest.raises(Failure, match=r"etc/slipway/rules\.json is damaged; deploy again to have it written\.$"):
        rules.read(paths)
