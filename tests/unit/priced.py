"""Small price tables to reckon with by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from cost.prices import Prices
from cost.stacks import Stack
from policies.resource import Resource

SOURCES = """\
key,date,publisher,kept_in
old,2024-05-01,https://aws.example/old,
new,2026-01-01,https://aws.example/new,a repository
"""
PRICES = """\
# Where it comes from.
service,item,unit,source,here,us-east-1
ec2,t4g.small,hour,old,0.02,0.01
ec2,t4g.medium,hour,old,0.04,0.02
ec2,m7g.large,hour,old,0.09,0.05
ec2,c7g.large,hour,old,0.08,0.04
ec2,r7g.large,hour,old,0.12,0.06
ec2,x9g.large,hour,old,,0.1
ec2,y9g.large,hour,old,,
ebs,gp3,GB-month,new,0.1,0.08
ipv4,address,hour,new,0.005,0.005
transfer,out,GB,new,0.09,0.09
cloudwatch,request,thousand requests,new,0.01,0.01
cloudwatch,alarm,month,new,0.1,0.1
"""
CHECKS = """\
service,item,region,usd,date,source
ec2,t4g.small,here,0.02,2026-01-01,someone
ebs,gp3,here,0.08,2026-01-01,someone
"""
ALLOWANCES = "service,item,amount,source\ntransfer,out,100,AWS\ncloudwatch,alarm,10,AWS\n"


def prices(folder: Path) -> Prices:
    for name, text in {
        "price_sources": SOURCES,
        "prices": PRICES,
        "price_checks": CHECKS,
        "allowances": ALLOWANCES,
    }.items():
        (folder / f"{name}.csv").write_text(text)
    return Prices(folder)


def stack(*resources: Resource, region: str = "here") -> Stack:
    return Stack(name="dev", region=region, resources=resources)


def resource(type_: str, name: str = "it", **inputs: Any) -> Resource:
    return Resource(type=type_, name=name, stack="dev", inputs=inputs)


def server(type_: str = "t4g.small") -> Resource:
    disk = {"volumeType": "gp3", "volumeSize": 20.0}
    return resource("aws:ec2/instance:Instance", "server", instanceType=type_, rootBlockDevice=disk)


def usd(text: str) -> Decimal:
    return Decimal(text)
