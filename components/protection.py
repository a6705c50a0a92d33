"""What keeps data from being deleted by an update: one setting for everything that could lose it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Protection:
    """How a component keeps what it holds."""

    component: str
    protect: bool
    accept: Sequence[str]  # components that the next update may replace

    @property
    def accepted(self) -> bool:
        return self.component in self.accept

    @property
    def kept(self) -> bool:
        return self.protect and not self.accepted

    def options(self, parent: pulumi.Resource, *, ignore: Sequence[str] = ()) -> pulumi.ResourceOptions:
        """For the resource that holds something: where it is protected, the engine refuses to delete or replace it."""
        hook = pulumi.ResourceHook(f"keep-{self.component}", self._judge, pulumi.ResourceHookOptions(on_dry_run=True))
        return pulumi.ResourceOptions(
            parent=parent,
            protect=self.kept,
            ignore_changes=list(ignore),
            hooks=pulumi.ResourceHookBinding(before_delete=[hook]) if self.kept else None,
        )

    def _judge(self, resource: pulumi.ResourceHookArgs) -> None:
        """Asked before a delete. The engine refuses by itself, and a preview shows what changed; this says what to do.

        Also asked of what was protected when it was made: a state remembers its hooks by name, and an update that does
        not know them fails.
        """
        if self.kept:
            raise pulumi.RunError(refusal(self.component, resource.id))


def refusal(component: str, id: str) -> str:
    return (
        f"this would delete the {component} {id}, which slipway:protect keeps. Undo the change that the preview marks "
        f"with ~, or accept the loss: pulumi config set --path 'slipway:acceptReplacement[0]' {component} "
        "(before a destroy, pulumi up has to follow)"
    )
