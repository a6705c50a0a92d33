"""The web host: one EC2 instance with a fixed address and a host key known before it boots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_tls as tls

from components.naming import tags
from components.protection import Protection
from components.reach import Reach
from components.remote import Target
from components.rendering import render_output
from components.subnet import PublicSubnet
from components.watched import WatchedServer

DISK_GB = 20
# The login user of Debian's images for EC2 (https://wiki.debian.org/Cloud/AmazonEC2Image).
LOGIN = "admin"


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
    subnet: PublicSubnet
    security_group_id: pulumi.Input[str]
    instance_type: str
    image_id: str
    instance_profile: pulumi.Input[str]
    protection: Protection
    reach: Reach


class Server(pulumi.ComponentResource):
    """A Debian host with IMDSv2, an encrypted disk, an Elastic IP, and the target that steps run on."""

    address: pulumi.Output[str]
    target: Target
    watched: WatchedServer
    outputs: Mapping[str, pulumi.Output[str]]  # of the stack: where the server is, and how an operator gets in

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Server", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        host_key = tls.PrivateKey(f"{name}-host-key", algorithm="ED25519", opts=inside)
        deploy_key = tls.PrivateKey(f"{name}-deploy-key", algorithm="ED25519", opts=inside)
        key_pair = aws.ec2.KeyPair(
            f"{name}-key-pair", public_key=deploy_key.public_key_openssh, tags=tags(f"{name}-key-pair"), opts=inside
        )
        instance = aws.ec2.Instance(
            f"{name}-instance",
            ami=args.image_id,
            instance_type=args.instance_type,
            subnet_id=args.subnet.id,
            vpc_security_group_ids=[args.security_group_id],
            key_name=key_pair.key_name,
            iam_instance_profile=args.instance_profile,
            metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
                volume_type="gp3", volume_size=DISK_GB, encrypted=True
            ),
            user_data=render_output(
                "cloud-init/user-data.j2",
                private_key=host_key.private_key_openssh,
                public_key=host_key.public_key_openssh,
                first_boot=args.reach.first_boot,
            ),
            user_data_replace_on_change=args.protection.accepted,
            # Against the console and the API. Pulumi's own protection stands before it, and `force_destroy` lets an
            # accepted replacement through.
            disable_api_termination=args.protection.protect,
            force_destroy=True,
            tags=tags(name),
            # A newer image, or a newer text for a first boot long past, must not replace or stop a running host; an
            # accepted replacement gets both.
            opts=pulumi.ResourceOptions.merge(
                args.protection.options(self, ignore=() if args.protection.accepted else ("ami", "userData")),
                # An Elastic IP can be associated only where there is a way out, and a first boot needs one. On the way
                # back, a gateway does not come off a network while a host in it has such an address.
                pulumi.ResourceOptions(depends_on=list(args.subnet.way_out)),
            ),
        )
        elastic_ip = aws.ec2.Eip(f"{name}-address", domain="vpc", tags=tags(f"{name}-address"), opts=inside)
        association = aws.ec2.EipAssociation(
            f"{name}-address-association", allocation_id=elastic_ip.id, instance_id=instance.id, opts=inside
        )
        self.address = elastic_ip.public_ip
        self.target = Target(
            # Of the association, so that no step dials before the address leads to the host.
            address=args.reach.dial(instance.id, association.public_ip),
            port=args.reach.port,
            user=LOGIN,
            private_key=deploy_key.private_key_openssh,
            host_key=host_key.public_key_openssh,
            server=instance,
        )
        self.watched = WatchedServer(id=instance.id, instance_type=args.instance_type)
        self.outputs = {
            "address": elastic_ip.public_ip,
            "ssh": pulumi.Output.concat(LOGIN, "@", args.reach.name(instance.id, elastic_ip.public_ip)),
            "sshProxyCommand": args.reach.proxy_command(instance.id),
            "hostKey": host_key.public_key_openssh,
            "deployKey": pulumi.Output.secret(deploy_key.private_key_openssh),
        }
        self.register_outputs({})
