"""Route 53 records, answered by the rehearsal's DNS server."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from rehearsal import tokens
from rehearsal.errors import RehearsalError
from rehearsal.names import CAA_VALUE, OPTIONS, full_name, zone_name
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
        for value in inputs.get("records", []):
            if problem := value_problem(inputs.get("type", ""), value):
                yield "records", f"InvalidChangeBatch: Invalid Resource Record: '{problem}' encountered with '{value}'"

    def outputs(self, id: str, inputs: Values) -> Values:
        return {"fqdn": full_name(inputs)}

    def create(self, name: str, inputs: Values) -> tuple[str, Values]:
        self._ask_for_room(inputs)
        made = super().create(name, inputs)
        self.cloud.publish()
        return made

    def _ask_for_room(self, inputs: Values) -> None:
        """A name has one record set of each type, and beside a CNAME none."""
        name = full_name(inputs)
        for entry in self.cloud.ledger.of(self.type):
            other = entry.facts["inputs"]
            if full_name(other) != name or other["zoneId"] != inputs["zoneId"]:
                continue
            if other["type"] == inputs["type"] and not inputs.get("allowOverwrite"):
                raise RehearsalError(
                    "InvalidChangeBatch: Tried to create resource record set "
                    f"[name='{name}.', type='{inputs['type']}'] but it already exists"
                )
            if other["type"] != inputs["type"] and "CNAME" in (other["type"], inputs["type"]):
                raise RehearsalError(
                    f"InvalidChangeBatch: RRSet of type {inputs['type']} with DNS name {name}. is not permitted as it "
                    f"conflicts with other records with the same DNS name in zone {zone_name(inputs['zoneId'])}."
                )

    def update(self, id: str, old: Values, inputs: Values) -> Values:
        outputs = super().update(id, old, inputs)
        self.cloud.publish()
        return outputs

    def delete(self, id: str, state: Values) -> None:
        super().delete(id, state)
        self.cloud.publish()


def value_problem(type: str, value: str) -> str:
    """What Route 53 says of a value that is none of its type; empty if it is one."""
    match type:
        case "A" | "AAAA":
            kind = IPv4Address if type == "A" else IPv6Address
            try:
                kind(value)
            except ValueError:
                return f"Value is not a valid IPv{4 if type == 'A' else 6} address"
        case "CAA" if not CAA_VALUE.fullmatch(value):
            return 'CAARR: must be flags, tag and a quoted value, such as 0 issue "letsencrypt.org"'
        case "TXT" if not value:
            return "TXT record may not be empty"
    return ""


KINDS = (Record,)
