"""What waits for what."""

from __future__ import annotations

import pulumi


def after(*earlier: pulumi.Resource) -> pulumi.ResourceOptions:
    """The options of something that starts once all of these, and what they are made of, are there."""
    return pulumi.ResourceOptions(depends_on=list(earlier))
