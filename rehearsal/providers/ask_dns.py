"""What is asked of an account about names: its hosted zones are made when they are first spoken of."""

from rehearsal import tokens
from rehearsal.names import full_name, zone_name
from rehearsal.providers.account import Account, Ask
from rehearsal.providers.values import Values


def _record(account: Account, inputs: Values) -> str:
    route53, zone, name = account.client("route53"), inputs["zoneId"], full_name(inputs)
    if zone not in account.ids:
        made = route53.create_hosted_zone(Name=zone_name(zone), CallerReference=zone)
        account.ids[zone] = made["HostedZone"]["Id"]
    change = {
        "Action": "UPSERT" if inputs.get("allowOverwrite") else "CREATE",
        "ResourceRecordSet": {
            "Name": name,
            "Type": inputs["type"],
            "TTL": inputs["ttl"],
            "ResourceRecords": [{"Value": value} for value in inputs["records"]],
        },
    }
    route53.change_resource_record_sets(HostedZoneId=account.id(zone), ChangeBatch={"Changes": [change]})
    return f"{zone}_{name}_{inputs['type']}"


ASK: dict[str, Ask] = {tokens.RECORD: _record}
