"""docs/deployer-session-policy.json: SSH to a stack's server, and no other session."""

from __future__ import annotations

import json
from typing import Any

from components.reach import SSH_DOCUMENT
from policies.identity import many
from policies.resource import Resource
from tests.unit.running import ROOT

STATEMENTS: list[dict[str, Any]] = json.loads((ROOT / "docs" / "deployer-session-policy.json").read_text())["Statement"]


def test_a_session_needs_the_right_to_its_document_and_ssh_s_is_the_only_one() -> None:
    machines, documents = (one for one in STATEMENTS if many(one["Action"]) == ["ssm:StartSession"])
    # Without this check, a session of no document is a shell: AWS Systems Manager User Guide, "Enforce a session
    # document permission check".
    assert machines["Condition"]["BoolIfExists"] == {"ssm:SessionDocumentAccessCheck": "true"}
    assert documents["Resource"] == f"arn:aws:ssm:eu-central-1::document/{SSH_DOCUMENT}"


def test_the_machine_is_known_by_the_tag_that_a_server_has(stack: list[Resource]) -> None:
    [server] = [one for one in stack if one.type == "aws:ec2/instance:Instance"]
    [(key, value)] = STATEMENTS[0]["Condition"]["StringLike"].items()
    assert (key.removeprefix("ssm:resourceTag/"), value) == ("slipway:stack", "*")
    assert server.inputs["tags"]["slipway:stack"]


def test_no_action_and_no_resource_is_wide() -> None:
    for statement in STATEMENTS:
        assert [action for action in many(statement["Action"]) if "*" in action] == []
        assert "*" not in many(statement["Resource"])
