"""One run of the engine on a rehearsal: everything it needs is up before it, and its words reach the caller."""

import contextlib
import os
import runpy
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pulumi import RunError, automation

from rehearsal import base, commands, engine, interruption, network, services, stage
from rehearsal.errors import RehearsalError
from rehearsal.homes import Home
from rehearsal.ledger import Ledger
from rehearsal.providers.assembly import served
from rehearsal.providers.cloud import Cloud
from rehearsal.providers.judge import Judge
from rehearsal.recovery import recover
from rehearsal.stage import Stage
from rehearsal.timing import Timing

BASES = {"server": base.SERVER, "postgres": base.POSTGRES}
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Session:
    """A stack, ready for the engine."""

    stack: automation.Stack
    home: Home
    refresh: bool
    timing: Timing


@contextlib.contextmanager
def opened(
    home: Home, pulumi: Path, cache: Path, say: Say, *, verb: str, real: bool, hosted_zones: Sequence[str] = ()
) -> Iterator[Session]:
    """The stack with the stand-ins behind it. `real` puts wires and services up first; a first preview has none.

    The account has these hosted zones, or any where none is named.

    What the engine fails at inside becomes a RehearsalError that names the cause.
    """
    _keep_bytecode(cache)
    setting = stage.prepare(home)
    cloud = Cloud(
        home=home,
        ledger=(ledger := Ledger(home.path / "ledger.json")),
        region=setting.region,
        account=setting.account,
        judge=Judge(ledger, setting.region, setting.account),
        base=lambda name: base.ensure(BASES[name], cache, say),
        snapshots=cache / "snapshots",
        hosted_zones=tuple(zone.strip(".") for zone in hosted_zones),
    )
    refresh = False
    commands.provide(home, setting.region)
    if real:
        for kind in BASES.values():
            base.ensure(kind, cache, say)
        network.open_cloud(home)
        network.speak_as(home, setting.admin_cidrs)
        services.start(home, setting.region, setting.account)
        cloud.apply()
        cloud.publish()
        findings = recover(cloud, checkpoint(home, setting))
        refresh = findings.refresh
        for sentence in findings.sentences:
            say(sentence)
    timing, refusals = Timing(), list[str]()
    with served(cloud, say) as providers, interruption.patience() as interrupted:
        try:
            stack = _stack(home, setting, pulumi, providers, refusals)
            yield Session(stack=stack, home=home, refresh=refresh, timing=timing)
        except automation.CommandError as error:
            if interrupted:
                raise interruption.Interrupted from None
            cause = "\n".join(refusals) or _cause(timing, error)
            raise RehearsalError(f"`rehearse {verb} -s {home.stack}` failed: {cause}") from None


def checkpoint(home: Home, setting: Stage) -> Path:
    """The engine's state file of the stack."""
    return home.path / "state" / ".pulumi" / "stacks" / setting.project / f"{home.stack}.json"


def _stack(home: Home, setting: Stage, pulumi: Path, providers: str, refusals: list[str]) -> automation.Stack:
    state = home.path / "state"
    state.mkdir(exist_ok=True, mode=0o700)
    os.environ.update(engine.environment(pulumi, home.path / "engine", state))
    os.environ["PULUMI_DEBUG_PROVIDERS"] = providers
    stack = automation.create_or_select_stack(
        home.stack,
        project_name=setting.project,
        program=lambda: _program(home.project, refusals),
        opts=automation.LocalWorkspaceOptions(work_dir=str(stage.work_dir(home))),
    )
    if setting.secrets:
        values = {path: automation.ConfigValue(value, secret=True) for path, value in setting.secrets.items()}
        stack.set_all_config(values, path=True)
    return stack


def _keep_bytecode(cache: Path) -> None:
    """Where Python may leave nothing beside the sources, such as in a container, it keeps its bytecode in the cache.

    pulumi_aws takes three seconds to compile.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode, sys.pycache_prefix = False, str(cache / "bytecode")


def _program(project: Path, refusals: list[str]) -> None:
    """Run the program as the official language host would: its folder first on the path and current."""
    sys.path.insert(0, str(project))
    with contextlib.chdir(project):
        try:
            runpy.run_path(str(project / "__main__.py"), run_name="__main__")
        except RunError as error:
            # The Automation API would print its text twice, between other lines: it is kept for the end.
            refusals.append(str(error))
            raise RunError("the program stopped, for the reason in the last lines") from None


def _cause(timing: Timing, error: automation.CommandError) -> str:
    """One sentence for what the engine has already shown in full."""
    causes = [f"{name}: {text}" if name else text for name, text in timing.errors]
    said = [line.removeprefix(" stderr: ").removeprefix("error: ") for line in str(error).strip().splitlines()]
    return condense(causes[0]) if causes else said[-1]


def condense(cause: str) -> str:
    """One line of an engine's error: of a failed remote command, what it printed last, not its whole script."""
    _, marker, printed = cause.partition('":\n')
    if marker and ": running " in cause:
        last = [line for line in printed.splitlines() if line.strip()][-1:] or ["it printed nothing"]
        return f"{cause.partition(': running ')[0].strip()}: {last[0].strip()}"
    return " ".join(cause.split())
