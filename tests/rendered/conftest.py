"""Configurations of nginx, with and without a site."""

from __future__ import annotations

from pathlib import Path

import pytest
from nginx_files import certified, configured


@pytest.fixture
def nginx(tmp_path: Path) -> Path:
    """A configuration without a certificate."""
    return configured(tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A configuration with one, and with the site."""
    return certified(configured(tmp_path))
