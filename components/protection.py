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

    def options(self, parent: pulumi.Resource, *, ignore: Sequence[str] = ()) -> pulumi.ResourceOptions:
        """For the resource that holds something: where it is protected, the engine refuses to delete or replace it."""
        if not self.protect or self.accepted:
            return pulumi.ResourceOptions(parent=parent, protect=False, ignore_changes=list(ignore))
        return pulumi.ResourceOptions(
            parent=parent,
            protect=True,
            ignore_changes=list(ignore),
            hooks=pulumi.ResourceHookBinding(before_delete=[self._refusal()]),
        )

    def _refusal(self) -> pulumi.ResourceHook:
        """The engine refuses by itself, and a preview shows what changed; this says what to do about it."""

        def refuse(resource: pulumi.ResourceHookArgs) -> None:
            raise pulumi.RunError(refusal(self.component, resource.id))

        return pulumi.ResourceHook(f"keep-{self.component}", refuse, pulumi.ResourceHookOptions(on_dry_run=True))


def refusal(component: str, id: str) -> str:
    return (
        f"this update would delete the {component} {id}, which slipway:protect keeps. Undo the change that the preview "
        f"marks with ~, or accept the loss: pulumi config set --path 'slipway:acceptReplacement[0]' {component}"
    )
