"""Who may reach what."""

from policies.network import DEFAULT_GROUP, GROUP, INGRESS, INSTANCE, SUBNET
from tests.policies.example import Example

HTTPS = {"description": "HTTPS", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"}
SSH = {**HTTPS, "description": "SSH", "fromPort": 22, "toPort": 22}
RULE = {"cidrBlocks": ["0.0.0.0/0"], "fromPort": 22, "toPort": 22, "protocol": "tcp"}

EXAMPLES = (
    Example(
        rule="world-reaches-http-alone",
        type=INGRESS,
        good=HTTPS,
        bad=SSH,
        sentence="it lets 0.0.0.0/0 in at more than port 80 or 443; name a network in cidrIpv4.",
    ),
    Example(
        rule="world-reaches-http-alone",
        type=INGRESS,
        good={**SSH, "cidrIpv4": "203.0.113.7/32"},
        bad={**HTTPS, "fromPort": 80},
        sentence="it lets 0.0.0.0/0 in at more than port 80 or 443; name a network in cidrIpv4.",
    ),
    Example(
        rule="world-reaches-http-alone",
        type=INGRESS,
        good={"ipProtocol": "-1", "referencedSecurityGroupId": "sg-1"},
        bad={"ipProtocol": "-1", "cidrIpv6": "::/0"},
        sentence="it lets ::/0 in at more than port 80 or 443; name a network in cidrIpv6.",
    ),
    Example(
        rule="world-reaches-http-alone",
        type=INGRESS,
        good={**SSH, "cidrIpv4": "10.0.0.0/8"},
        bad={**SSH, "cidrIpv4": "128.0.0.0/1"},
        sentence="it lets 128.0.0.0/1 in at more than port 80 or 443; name a network in cidrIpv4.",
    ),
    Example(
        rule="world-reaches-http-alone",
        type=INGRESS,
        good={**SSH, "cidrIpv4": None, "cidrIpv6": "2001:db8::/32"},
        bad={**SSH, "cidrIpv4": None, "cidrIpv6": "2000::/3"},
        sentence="it lets 2000::/3 in at more than port 80 or 443; name a network in cidrIpv6.",
    ),
    Example(
        rule="security-group-rules-apart",
        type=GROUP,
        good={"vpcId": "vpc-1"},
        bad={"vpcId": "vpc-1", "ingress": [RULE]},
        sentence="it has inline rules in ingress; write each as a resource of its own.",
    ),
    Example(
        rule="security-group-rules-described",
        type=INGRESS,
        good=HTTPS,
        bad={key: value for key, value in HTTPS.items() if key != "description"},
        sentence="it has no description; say who is let in and why.",
    ),
    Example(
        rule="default-security-group-closed",
        type=DEFAULT_GROUP,
        good={"vpcId": "vpc-1"},
        bad={"vpcId": "vpc-1", "egress": [RULE]},
        sentence="it opens the default security group with egress; leave it without a rule.",
    ),
    Example(
        rule="public-address-by-elastic-ip",
        type=SUBNET,
        good={"mapPublicIpOnLaunch": False},
        bad={"mapPublicIpOnLaunch": True},
        sentence="it hands out a public address by mapPublicIpOnLaunch; give the host an Elastic IP.",
    ),
    Example(
        rule="public-address-by-elastic-ip",
        type=INSTANCE,
        good={"instanceType": "t4g.small"},
        bad={"instanceType": "t4g.small", "associatePublicIpAddress": True},
        sentence="it hands out a public address by associatePublicIpAddress; give the host an Elastic IP.",
    ),
)
# Rules that no resource of their type passes.
REFUSED = {"security-group-rules-modern": "aws:ec2/securityGroupRule:SecurityGroupRule"}
