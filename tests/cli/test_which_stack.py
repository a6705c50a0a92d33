"""Which stack is meant where a name may stand for a rehearsal and for the real thing."""

from __future__ import annotations

import pytest

from cli import stacks
from cli.engines import Answer
from cli.errors import Failure

THERE, ABSENT = Answer(outputs={}), Answer(absent="pulumi knows no stack prod.")
UNCLEAR = Answer(unclear="`pulumi stack output` failed: get stack: 503.")


def choose(rehearsal: Answer, cloud: Answer) -> bool:
    return stacks.choose("prod", {True: rehearsal, False: cloud})


def test_the_one_that_is_there_is_meant() -> None:
    assert choose(THERE, ABSENT) is True
    assert choose(ABSENT, THERE) is False


def test_where_both_are_there_one_must_be_named() -> None:
    with pytest.raises(Failure) as refusal:
        choose(THERE, THERE)
    assert str(refusal.value) == "There are a real stack prod and a rehearsal of it: say --cloud or --rehearsal."


def test_a_rehearsal_is_not_taken_for_the_real_stack_while_pulumi_cannot_say_that_there_is_none() -> None:
    with pytest.raises(Failure) as refusal:
        choose(THERE, UNCLEAR)
    assert str(refusal.value) == (
        "`pulumi stack output` failed: get stack: 503. So it is not known which prod is meant: say --cloud or "
        "--rehearsal."
    )


def test_where_there_is_none_both_say_why() -> None:
    with pytest.raises(Failure) as refusal:
        choose(Answer(absent="There is no rehearsal."), ABSENT)
    assert str(refusal.value) == "There is no rehearsal. pulumi knows no stack prod."
