"""Shell, Python and lists of hashes, read by the tools that will read them."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.rendered.texts import VALUES, rendered

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [template for template in VALUES if template.endswith(".sh.j2")]


def test_every_template_is_looked_at() -> None:
    templates = {str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.j2")}
    assert templates == VALUES.keys()


@pytest.mark.parametrize("template", [*SCRIPTS, "certbot/nginx.j2"])
def test_shellcheck_has_nothing_to_say(template: str) -> None:
    for text in rendered(template):
        result = subprocess.run(
            ["shellcheck", "--shell=sh", "--enable=all", "--exclude=SC2250,SC2292,SC2310,SC2312", "-"],
            input=text if text.startswith("#!") else f"set -eu\n{text}",
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("template", SCRIPTS)
def test_a_step_has_no_line_of_its_own_that_ends_the_heredoc_around_it(template: str) -> None:
    assert all("STEP" not in text.splitlines() for text in rendered(template))


def test_gunicorn_reads_its_configuration() -> None:
    (text,) = rendered("gunicorn/gunicorn.conf.py.j2")
    tree = ast.parse(text)
    compile(tree, "gunicorn.conf.py", "exec")
    names = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert names == {
        "worker_class",
        "workers",
        "threads",
        "chdir",
        "preload_app",
        "timeout",
        "graceful_timeout",
        "keepalive",
        "worker_tmp_dir",
        "control_socket_disable",
        "forwarded_allow_ips",
    }


def test_uv_is_pinned_by_two_hashes_and_nothing_else() -> None:
    (text,) = rendered("uv/requirements.txt.j2")
    assert re.findall(r"^(\S+) \\$", text, re.MULTILINE) == ["uv==0.13.9"]
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", text)) == 2


def test_cloud_init_reads_the_host_key() -> None:
    for text in rendered("cloud-init/user-data.j2"):
        assert text.startswith("#cloud-config\n")
        assert yaml.safe_load(text)["ssh_keys"] == {
            "ed25519_private": "-----BEGIN\nKEY\n-----END\n",
            "ed25519_public": "ssh-ed25519 AAAA",
        }


def test_cloud_init_runs_the_script_of_the_first_boot_as_it_is() -> None:
    plain, with_agent = (yaml.safe_load(text) for text in rendered("cloud-init/user-data.j2"))
    (script,) = rendered("cloud-init/agent.sh.j2")
    assert "runcmd" not in plain
    assert with_agent["runcmd"] == [["sh", "-euc", script]]
