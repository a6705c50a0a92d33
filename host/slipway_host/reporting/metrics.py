"""Metrics to CloudWatch, by PutMetricData of its Query API."""

from __future__ import annotations

from urllib.parse import urlencode

from slipway_host.reporting.instance import Instance
from slipway_host.reporting.measures import Metrics


def put(instance: Instance, namespace: str, metrics: Metrics) -> None:
    """Reports the metrics as of now, under the instance's id."""
    fields = {"Action": "PutMetricData", "Version": "2010-08-01", "Namespace": namespace}
    for number, (name, (value, unit)) in enumerate(metrics.items(), start=1):
        metric = f"MetricData.member.{number}"
        fields |= {
            f"{metric}.MetricName": name,
            f"{metric}.Value": f"{value:.3f}",
            f"{metric}.Unit": unit,
            f"{metric}.Dimensions.member.1.Name": "InstanceId",
            f"{metric}.Dimensions.member.1.Value": instance.id,
        }
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    instance.post("monitoring", form, urlencode(fields).encode())
