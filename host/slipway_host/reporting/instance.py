"""What this instance is, as its metadata service says (IMDSv2), and the services of its region."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from slipway_host.reporting.signature import Credentials, signed
from slipway_host.reporting.web import Refused, ask

# The same on every instance (EC2 User Guide, "Use IMDS"). It answers at once or is not there.
METADATA = "http://169.254.169.254"
METADATA_SECONDS, SERVICE_SECONDS = 2, 10


@dataclass(frozen=True, kw_only=True)
class Instance:
    """An EC2 instance with a role. `services` is where its region's services answer."""

    id: str
    region: str
    credentials: Credentials
    services: str

    def post(self, service: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """A signed POST to a service such as logs or monitoring."""
        url = self.services.format(service=service)
        complete = signed(
            self.credentials,
            headers,
            body,
            host=url.partition("//")[2],
            region=self.region,
            service=service,
            now=datetime.now(UTC),
        )
        return ask("POST", f"{url}/", complete, body, seconds=SERVICE_SECONDS)


def this_instance(metadata: str = METADATA) -> Instance:
    """The instance we are on; Refused where there is no metadata service or no role."""
    lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    token = ask("PUT", f"{metadata}/latest/api/token", lifetime, seconds=METADATA_SECONDS).decode()

    def read(path: str) -> str:
        proof = {"X-aws-ec2-metadata-token": token}
        return ask("GET", f"{metadata}/latest/meta-data/{path}", proof, seconds=METADATA_SECONDS).decode().strip()

    region = read("placement/region")
    role = read("iam/security-credentials/").splitlines()
    if not role:
        raise Refused("the instance has no role", "Attach its instance profile.")
    try:
        given = json.loads(read(f"iam/security-credentials/{role[0]}"))
        credentials = Credentials(
            access_key=given["AccessKeyId"], secret_key=given["SecretAccessKey"], token=given["Token"]
        )
    except (ValueError, KeyError):
        raise Refused(f"the metadata service has no credentials for the role {role[0]}") from None
    domain = read("services/domain")
    return Instance(
        id=read("instance-id"),
        region=region,
        credentials=credentials,
        services=f"https://{{service}}.{region}.{domain}",
    )
