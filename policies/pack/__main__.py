"""The rules of policies/ as a Pulumi policy pack: the engine starts this file by `--policy-pack policies/pack`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

if TYPE_CHECKING:
    from policies.resource import Rule


def as_policy(rule: Rule) -> ResourceValidationPolicy:
    """The rule, in the words of pulumi-policy."""
    from policies.resource import Resource

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        resource = Resource(
            type=args.resource_type,
            name=args.name,
            stack=args.urn.split("::")[0].removeprefix("urn:pulumi:"),
            inputs=args.props,
            protect=bool(args.opts.protect),
        )
        for finding in rule.findings(resource):
            report(finding, None)

    return ResourceValidationPolicy(name=rule.name, description=rule.says, validate=validate)


def main() -> None:
    # A pack is started in its own folder; the rules are beside that.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from policies.catalogue import RULES

    PolicyPack(
        name="slipway",
        policies=[as_policy(rule) for rule in RULES],
        enforcement_level=EnforcementLevel.MANDATORY,
    )


main()
