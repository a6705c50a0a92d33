"""The doors between the rooms of the house: which part may import which."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.unit.running import ROOT

ROOMS = {
    "cli",
    "components",
    "cost",
    "host",
    "rehearsal",
    "settings",
    "source",
    "checks",
    "policies",
    "wanted",
}
OURS = ROOMS | {"slipway_host", "slipway_production"}


def imports(path: Path) -> set[str]:
    """The dotted names of the modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, f"{folders} hold no Python: this test looks in the wrong place"
    return found


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files("components"), ids=label)
def test_components_know_nothing_of_the_rehearsal_the_commands_and_the_host(path: Path) -> None:
    assert not rooms(path) & {"rehearsal", "cli", "host", "slipway_host", "slipway_production", "settings", "checks"}


@pytest.mark.parametrize("path", files("checks", "tables"), ids=label)
def test_what_can_be_wrong_is_known_without_the_engine(path: Path) -> None:
    assert not rooms(path) & ({*OURS, "pulumi", "pulumi_aws"} - {"checks", "tables", "settings"})


@pytest.mark.parametrize("path", files("cli"), ids=label)
def test_the_commands_know_stacks_and_hosts_by_what_those_print(path: Path) -> None:
    # What a stack costs is reckoned from its files, in a process of its own: no stack and no host is asked.
    assert not rooms(path) & ({*OURS, "pulumi"} - {"cli", "cost"})


@pytest.mark.parametrize("path", files("cost"), ids=label)
def test_what_a_stack_costs_is_read_off_its_resources(path: Path) -> None:
    assert not rooms(path) & (OURS - {"cost", "policies"})


def test_only_the_process_that_runs_the_program_for_its_cost_loads_pulumi() -> None:
    loading = [label(path) for path in files("cost") if "pulumi" in rooms(path)]
    assert loading == ["cost/program.py", "cost/recording.py"]


@pytest.mark.parametrize("path", files("rehearsal"), ids=label)
def test_the_rehearsal_runs_the_program_as_the_engine_would(path: Path) -> None:
    assert not rooms(path) & (OURS - {"rehearsal"})


@pytest.mark.parametrize("path", files("host"), ids=label)
def test_the_host_knows_nothing_of_the_program(path: Path) -> None:
    assert not rooms(path) & (OURS - {"slipway_host", "slipway_production"})


# components/__init__.py is the list of them all.
@pytest.mark.parametrize("path", [p for p in files("components") if p.name != "__init__.py"], ids=label)
def test_no_component_imports_another(path: Path) -> None:
    parts = {"network", "firewall", "server", "database", "dns", "system", "nginx", "certificate", "site", "gunicorn"}
    assert not imports(path) & {f"components.{part}" for part in parts | {"release"}}


@pytest.mark.parametrize(
    ("library", "door"), [("pulumi_command", "components/remote.py"), ("jinja2", "components/rendering.py")]
)
def test_a_library_comes_in_by_one_door(library: str, door: str) -> None:
    program = [*files("components", "source", "checks", "tables"), *ROOT.glob("*.py")]
    assert [label(path) for path in program if library in rooms(path)] == [door]


def test_only_settings_reads_the_configuration() -> None:
    program = [*files("components", "source", "checks", "tables"), *ROOT.glob("*.py")]
    assert [label(path) for path in program if "pulumi.Config" in path.read_text()] == ["settings.py"]


def test_the_program_does_not_know_where_it_runs() -> None:
    program = [
        *files("components", "source", "checks", "tables"),
        *ROOT.glob("*.py"),
        *(ROOT / "templates").rglob("*.j2"),
    ]
    knowing = [
        label(path) for path in program for word in ("rehears", "stand-in", "nspawn") if word in path.read_text()
    ]
    assert knowing == []
