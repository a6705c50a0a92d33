"""Route 53 records, answered by the rehearsal's DNS server."""

from collections.abc import Iterator

from rehearsal import tokens
from rehearsal.names import OPTIONS, full_name
from rehearsal.providers.cloud import CloudKind
from rehearsal.providers.values import Values


class Record(CloudKind):
    type = tokens.RECORD
    required = frozenset({"zoneId", "name", "type", "records", "ttl"})
    optional = frozenset({"allowOverwrite"})
    replaces = frozenset({"zoneId", "name", "type"})
    computed = frozenset({"fqdn"})

    def check(self, inputs: Values) -> Iterator[tuple[str, str]]:
        if inputs.get("type", "A") not in OPTIONS:
            yield "type", f"the rehearsal's DNS server answers {', '.join(OPTIONS)} records, not {inputs['type']}"

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        fqdn = full_name(inputs)
        id = f"{inputs['zoneId']}_{fqdn}_{inputs['type']}"
        self.record(id, inputs)
        self.cloud.publish()
        return id, {"fqdn": fqdn}

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        outputs = super().update(id, old, inputs)
        self.cloud.publish()
        return outputs

    def delete(self, id: str, state: Values) -> None:
        super().delete(id, state)
        self.cloud.publish()


KINDS = (Record,)
