"""Virtual environments for code that runs in a process of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path


def python_with(uv: Path, folder: Path, *packages: str) -> Path:
    """The Python of a new environment in `folder` that has these packages."""
    venv = folder / "venv"
    subprocess.run([uv, "venv", "--quiet", str(venv)], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", str(venv), *packages], check=True)
    return venv / "bin/python"
