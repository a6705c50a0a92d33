"""Whichever command plugin is at work, the rehearsal's stand-in or the official one: steps behave the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pulumi_command
import pytest

from rehearsal.providers.values import Values, reveal, unknown
from tests.standins import provider_calls, sshd
from tests.standins.provider_calls import Changes, Provider, refusal
from tests.standins.sshd import Sshd

COMMAND = "command:remote:Command"


def made(plugin: Provider, server: Sshd, create: str, **other: Any) -> tuple[str, Values]:
    """A command that has run: its id and its outputs, without secret marks."""
    id, outputs = plugin.create(COMMAND, checked(plugin, inputs(server, create=create, **other)))
    return id, reveal(outputs)


def checked(plugin: Provider, news: Values, type: str = COMMAND) -> Values:
    taken, failures = plugin.check(type, news)
    assert failures == []
    return taken


def inputs(server: Sshd, connection: Values | None = None, **other: Any) -> Values:
    return {"connection": connection or server.connection(), "addPreviousOutputInEnv": False, **other}


def test_create_runs_the_script_and_trims_one_newline(plugin: Provider, server: Sshd) -> None:
    id, outputs = made(plugin, server, r"printf 'a\n\n'; printf 'b\n' >&2")
    assert (outputs["stdout"], outputs["stderr"]) == ("a\n", "b")
    assert id.startswith("it") and len(id) == len("it") + 8, "the name and eight hexadecimal digits"


def test_a_preview_runs_nothing_and_knows_no_output(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    taken = checked(plugin, inputs(server, create=f"touch {tmp_path}/ran"))
    _, outputs = plugin.create(COMMAND, taken, preview=True)
    assert unknown(outputs["stdout"]) and unknown(outputs["stderr"])
    assert not (tmp_path / "ran").exists()


def test_without_a_change_there_is_no_difference(plugin: Provider, server: Sshd) -> None:
    taken = checked(plugin, inputs(server, create="true", triggers=[1]))
    assert plugin.diff(COMMAND, taken, taken) == Changes(some=False, replaces=[])


@pytest.mark.parametrize("change", [{"create": "false"}, {"stdin": "x"}, {"connection": {"dialErrorLimit": 5}}])
def test_any_changed_input_updates_in_place(plugin: Provider, server: Sshd, change: Values) -> None:
    taken = checked(plugin, inputs(server, create="true", triggers=[1]))
    if "connection" in change:
        change = {"connection": server.connection(**change["connection"])}
    other = checked(plugin, inputs(server, **{"create": "true", "triggers": [1], **change}))
    assert plugin.diff(COMMAND, taken, other) == Changes(some=True, replaces=[])


def test_changed_triggers_replace(plugin: Provider, server: Sshd) -> None:
    taken = checked(plugin, inputs(server, create="true", triggers=["i-1"]))
    other = checked(plugin, inputs(server, create="true", triggers=["i-2"]))
    changes = plugin.diff(COMMAND, taken, other)
    assert changes.some and set(changes.replaces) <= {"triggers"}
    # The official plugin calls it an update: it is pulumi-command's SDK that has the engine replace.
    sdk = Path(pulumi_command.__file__).parent / "remote"
    for file in (sdk / "command.py", sdk / "copy_to_remote.py"):
        assert 'replace_on_changes=["triggers[*]"]' in file.read_text()


def test_an_update_runs_create_again_where_no_update_is_given(plugin: Provider, server: Sshd) -> None:
    id, olds = made(plugin, server, "cat", stdin="one")
    news = checked(plugin, inputs(server, create="cat", stdin="two"))
    assert reveal(plugin.update(COMMAND, id, olds, news))["stdout"] == "two"


def test_an_update_runs_update_where_it_is_given(plugin: Provider, server: Sshd) -> None:
    id, olds = made(plugin, server, "echo created", update="echo updated")
    news = checked(plugin, inputs(server, create="echo created", update="echo updated", stdin="x"))
    assert reveal(plugin.update(COMMAND, id, olds, news))["stdout"] == "updated"


def test_a_previewed_update_runs_nothing_and_knows_no_output(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    id, olds = made(plugin, server, "echo one")
    news = checked(plugin, inputs(server, create=f"touch {tmp_path}/ran"))
    outputs = plugin.update(COMMAND, id, olds, news, preview=True)
    assert unknown(outputs["stdout"]) and unknown(outputs["stderr"])
    assert not (tmp_path / "ran").exists()


def test_delete_runs_delete_and_nothing_else(plugin: Provider, server: Sshd, tmp_path: Path) -> None:
    id, outputs = made(plugin, server, f"echo x >>{tmp_path}/created", delete=f"touch {tmp_path}/deleted")
    plugin.delete(COMMAND, id, outputs)
    assert (tmp_path / "deleted").exists()
    assert (tmp_path / "created").read_text() == "x\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo out; exit 3", 'Process exited with status 3: running "echo out; exit 3":\nout\n'),
        ("echo err >&2; exit 4", 'Process exited with status 4: running "echo err >&2; exit 4":\nerr\n'),
        ("kill -9 $$", 'Process exited with status 137 from signal KILL: running "kill -9 $$":\n'),
        (
            'false "\t\\é \x1b\x07\u00a0"\n',
            'Process exited with status 1: running "false \\"\\t\\\\é \\x1b\\a\\u00a0\\"\\n":\n',
        ),
    ],
)
def test_a_failing_step_says_its_status_its_script_and_its_output(
    plugin: Provider, server: Sshd, script: str, words: str
) -> None:
    with pytest.raises(grpc.RpcError) as error:
        made(plugin, server, script)
    assert refusal(error) == words


def test_another_host_key_is_refused(plugin: Provider, server: Sshd) -> None:
    _, other = sshd.key_pair()
    with pytest.raises(grpc.RpcError) as error:
        made(plugin, server, "true", connection=server.connection(hostKey=other))
    assert refusal(error) == "after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch"


def test_another_user_key_is_refused(plugin: Provider, server: Sshd) -> None:
    private, _ = sshd.key_pair()
    with pytest.raises(grpc.RpcError) as error:
        made(plugin, server, "true", connection=server.connection(privateKey=private))
    assert refusal(error) == (
        "after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods "
        "[none publickey], no supported methods remain"
    )


def test_a_host_that_is_not_there_is_dialled_as_often_as_allowed(plugin: Provider, server: Sshd) -> None:
    port = sshd.free_port()
    with pytest.raises(grpc.RpcError) as error:
        made(plugin, server, "true", connection=server.connection(port=port, dialErrorLimit=2))
    assert refusal(error) == f"after 2 failed attempts: dial tcp 127.0.0.1:{port}: connect: connection refused"
    assert [(text, passing) for text, passing, _ in plugin.engine.heard] == [
        ("Dial 1/2 failed: retrying", True),
        ("Dial 2/2 failed: retrying", True),
    ]


def test_no_private_key_is_a_refusal_without_dialling(plugin: Provider, server: Sshd) -> None:
    with pytest.raises(grpc.RpcError) as error:
        made(plugin, server, "true", connection=server.connection(privateKey="no key", port=sshd.free_port()))
    assert refusal(error).startswith("ssh: no key found")


def test_no_host_key_is_a_refusal_without_dialling(plugin: Provider, server: Sshd) -> None:
    with pytest.raises(grpc.RpcError) as error:
        made(plugin, server, "true", connection=server.connection(hostKey="nonsense", port=sshd.free_port()))
    assert refusal(error).startswith("failed to parse host key: ssh: no key found")


def test_stdin_reaches_the_script_while_it_answers(plugin: Provider, server: Sshd) -> None:
    text = "".join(f"{number:0999}\n" for number in range(5000))
    _, outputs = made(plugin, server, "cat", stdin=text, logging="none")
    assert outputs["stdout"] == text.removesuffix("\n"), "5 MB there and back, in order"


def test_a_script_without_stdin_reads_an_end(plugin: Provider, server: Sshd) -> None:
    _, outputs = made(plugin, server, "cat; echo done")
    assert outputs["stdout"] == "done"


def test_more_stdin_than_the_script_takes_is_a_failure(plugin: Provider, server: Sshd) -> None:
    with pytest.raises(grpc.RpcError) as error:
        made(plugin, server, "echo deaf", stdin="x" * 4_000_000)
    assert refusal(error) == 'EOF: running "echo deaf":\ndeaf\n'


def test_output_that_comes_after_the_script_s_end_is_waited_for(plugin: Provider, server: Sshd) -> None:
    _, outputs = made(plugin, server, "(sleep 0.5; echo late) & echo now")
    assert outputs["stdout"] == "now\nlate"


@pytest.mark.parametrize(
    ("logging", "lines"),
    [
        (None, ["err", "out"]),
        ("stdoutAndStderr", ["err", "out"]),
        ("stdout", ["out"]),
        ("stderr", ["err"]),
        ("none", []),
    ],
)
def test_output_is_shown_in_passing_unless_logging_says_otherwise(
    plugin: Provider, server: Sshd, logging: str | None, lines: list[str]
) -> None:
    _, outputs = made(plugin, server, "echo out; echo err >&2", **({"logging": logging} if logging else {}))
    assert (outputs["stdout"], outputs["stderr"]) == ("out", "err")
    assert sorted(plugin.engine.heard) == [(line, True, provider_calls.urn(COMMAND)) for line in lines]


def test_ten_steps_at_once_do_not_mix(plugin: Provider, server: Sshd) -> None:
    with ThreadPoolExecutor(10) as pool:
        runs = pool.map(lambda number: made(plugin, server, f"echo {number}")[1]["stdout"], range(10))
    assert list(runs) == [str(number) for number in range(10)]
