"""The instance metadata service (IMDSv2): tells a machine what it is, and hands it its role's credentials.

Run as `python -m rehearsal.metadata FOLDER REGION ACCOUNT` in the VPC's namespace; it serves until it is ended.
"""

import json
import secrets
import socket
import sys
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rehearsal import tokens
from rehearsal.credentials import Mint
from rehearsal.filtering import public_addresses
from rehearsal.ledger import Entry, Ledger
from rehearsal.network import METADATA

TOKEN_HEADER, LIFETIME_HEADER = "X-aws-ec2-metadata-token", "X-aws-ec2-metadata-token-ttl-seconds"
LONGEST_SECONDS = 21600
STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass
class Service:
    """What is known of the machines, read anew for each request; and the session tokens that were given out."""

    folder: Path
    region: str
    account: str
    sessions: dict[str, tuple[str, float]] = field(default_factory=dict)

    def instance(self, address: str) -> Entry | None:
        """The instance that asks."""
        return next(Ledger(self.folder / "ledger.json").of(tokens.INSTANCE, address=address), None)

    def open_session(self, instance: str, seconds: int) -> str:
        token = secrets.token_urlsafe(42)
        self.sessions[token] = (instance, time.monotonic() + seconds)
        return token

    def has_session(self, token: str, instance: str) -> bool:
        owner, until = self.sessions.get(token, ("", 0.0))
        return owner == instance and time.monotonic() < until

    def pages(self, entry: Entry) -> dict[str, str]:
        """Path below /latest → text, as EC2 has them for this instance."""
        ledger = Ledger(self.folder / "ledger.json")
        inputs, address = entry.facts["inputs"], entry.facts["address"]
        zone = ledger.need(tokens.SUBNET, entry.facts["subnet"]).facts["zone"]
        pages = {
            "ami-id": inputs["ami"],
            "hostname": f"ip-{address.replace('.', '-')}.{self.region}.compute.internal",
            "instance-id": entry.id,
            "instance-type": inputs["instanceType"],
            "local-ipv4": address,
            "placement/availability-zone": zone,
            "placement/region": self.region,
            "services/domain": "amazonaws.com",
            "services/partition": "aws",
        }
        if public := public_addresses(ledger).get(address):
            pages["public-ipv4"] = public
        pages |= self._role_pages(ledger, entry)
        document = {
            "accountId": self.account,
            "availabilityZone": zone,
            "imageId": inputs["ami"],
            "instanceId": entry.id,
            "instanceType": inputs["instanceType"],
            "privateIp": address,
            "region": self.region,
        }
        found = {f"meta-data/{path}": text for path, text in pages.items()}
        return found | {"dynamic/instance-identity/document": json.dumps(document, indent=2)}

    def _role_pages(self, ledger: Ledger, entry: Entry) -> dict[str, str]:
        profile = ledger.find(tokens.INSTANCE_PROFILE, entry.facts["inputs"].get("iamInstanceProfile", ""))
        if not (profile and (role := profile.facts["role"])):
            return {}
        made = Mint(path=self.folder / "services" / "credentials.key").issue(entry.id)
        credentials = {
            "Code": "Success",
            "LastUpdated": time.strftime(STAMP, time.gmtime()),
            "Type": "AWS-HMAC",
            "AccessKeyId": made.access_key,
            "SecretAccessKey": made.secret_key,
            "Token": made.token,
            "Expiration": time.strftime(STAMP, time.gmtime(made.expires)),
        }
        path = "iam/security-credentials/"
        return {path: role, f"{path}{role}": json.dumps(credentials)}


class Metadata(BaseHTTPRequestHandler):
    """One request of a machine's, known by its address."""

    service: Service
    timeout = 5

    def do_PUT(self) -> None:
        entry = self.service.instance(self.client_address[0])
        seconds = self.headers.get(LIFETIME_HEADER, "")
        if self.path != "/latest/api/token" or entry is None:
            self.answer(404)
        elif self.headers.get("X-Forwarded-For"):
            # What comes through a proxy is not the machine itself.
            self.answer(403)
        elif not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_SECONDS:
            self.answer(400)
        else:
            # The answer gets no further than the instance lets it: not through a container's bridge, at one hop.
            hops = entry.facts["inputs"].get("metadataOptions", {}).get("httpPutResponseHopLimit", 1)
            self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)
            self.answer(200, self.service.open_session(entry.id, int(seconds)))

    def do_GET(self) -> None:
        entry = self.service.instance(self.client_address[0])
        options = entry.facts["inputs"].get("metadataOptions", {}) if entry else {}
        token = self.headers.get(TOKEN_HEADER, "")
        if entry is None:
            self.answer(404)
        elif options.get("httpEndpoint", "enabled") != "enabled":
            self.answer(403)
        elif (token or options.get("httpTokens", "required") == "required") and not self.service.has_session(
            token, entry.id
        ):
            self.answer(401)
        else:
            page = self.service.pages(entry).get(self.path.removeprefix("/latest/"))
            self.answer(404) if page is None else self.answer(200, page)

    def answer(self, status: int, text: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Paths alone: no token, no credentials."""
        sys.stderr.write(f"{self.client_address[0]} {self.command} {self.path}\n")


def main(folder: str, region: str, account: str) -> None:
    Metadata.service = Service(folder=Path(folder), region=region, account=account)
    ThreadingHTTPServer((METADATA, 80), Metadata).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:4])
