"""What visitors upload: a disk of its own, which outlives the server that it is attached to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import tags
from components.protection import Protection
from components.remote import Steps, Target
from components.rendering import render_output

# Where an instance without NVMe shows it, as /dev/xvdf; the first name that AWS sets apart for volumes of one's own.
DEVICE = "/dev/sdf"
# The last snapshot is waited for, and a first one copies all that there is. The provider's own limit is ten minutes;
# each further try would make another snapshot.
DELETE_LIMIT = "6h"


@dataclass(frozen=True, kw_only=True)
class MediaArgs:
    target: Target
    zone: str  # the server's availability zone: a volume cannot leave its own
    size_gb: int
    protection: Protection


class Media(pulumi.ComponentResource):
    """An encrypted EBS volume at /srv/app/media. A new server gets it once the old one has stopped and let go."""

    def __init__(self, name: str, args: MediaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Media", name, {}, opts)
        volume = aws.ebs.Volume(
            f"{name}-volume",
            availability_zone=args.zone,
            type="gp3",
            size=args.size_gb,
            encrypted=True,
            final_snapshot=args.protection.protect,
            tags=tags(name),
            opts=pulumi.ResourceOptions.merge(
                args.protection.options(self),
                pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete=DELETE_LIMIT)),
            ),
        )
        attachment = aws.ec2.VolumeAttachment(
            f"{name}-attachment",
            device_name=DEVICE,
            volume_id=volume.id,
            instance_id=args.target.server.id,
            # A mounted volume does not come off a running instance.
            stop_instance_before_detaching=True,
            # AWS attaches a volume to one instance at a time.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        steps = Steps(name, args.target, parent=self, after=[attachment])
        steps.run("mount", render_output("slipway-host/volume.sh.j2", volume=volume.id, size_gb=args.size_gb))
        self.register_outputs({})
