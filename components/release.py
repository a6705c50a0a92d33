"""The app on the host: its source, its database, and the colour that serves it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256

import pulumi
import pulumi_random as random

from components.access import DatabaseAccess
from components.remote import Steps, Target
from components.rendering import render_output, render_text
from releasing import Rules
from source import Source

RDS_BUNDLE = "/etc/ssl/certs/rds-global-bundle.pem"


@dataclass(frozen=True, kw_only=True)
class Project:
    """The app as it was packed, and what configuration chooses in it; empty where the app is to say it itself."""

    source: Source
    django_settings: str
    wsgi_module: str

    @property
    def release(self) -> str:
        """The id of the release that is built from it."""
        return self.source.release(self.django_settings, self.wsgi_module)


@dataclass(frozen=True, kw_only=True)
class ReleaseArgs:
    target: Target
    project: Project
    database: DatabaseAccess
    rules: Rules
    environment: Mapping[str, str] = field(repr=False)  # what configuration adds to DATABASE_URL and SECRET_KEY
    config_digests: Sequence[str]  # of the files that a running colour has read


class Release(pulumi.ComponentResource):
    """Uploads and builds while the database is still being made, then readies the database and goes live."""

    def __init__(self, name: str, args: ReleaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Release", name, {}, opts)
        project, release = args.project, args.project.release
        archive = f"/var/tmp/slipway/{release}.tar.gz"
        config_digest = sha256("".join(args.config_digests).encode()).hexdigest()
        rules = json.dumps(asdict(args.rules), indent=1, sort_keys=True) + "\n"
        # Longer than the 50 characters Django's security checks ask for.
        secret_key = random.RandomPassword(
            f"{name}-secret-key", length=64, special=False, opts=pulumi.ResourceOptions(parent=self)
        )
        steps = Steps(name, args.target, parent=self)
        steps.put_file("rules", "/etc/slipway/rules.json", rules)
        steps.upload("upload", project.source.archive.path, archive)
        steps.run(
            "prepare",
            render_text(
                "slipway-host/prepare.sh.j2",
                release=release,
                archive=archive,
                manage=project.source.manage,
                settings=project.django_settings,
                wsgi=project.wsgi_module,
            ),
        )
        steps.run(
            "database",
            render_output(
                "slipway-host/database.sh.j2", host=args.database.address, port=args.database.port, bundle=RDS_BUNDLE
            ),
            stdin=pulumi.Output.json_dumps(
                {
                    "master_user": args.database.master_user,
                    "master_password": args.database.master_password,
                    "owner_password": args.database.owner_password,
                    "password": args.database.app_password,
                }
            ),
        )
        steps.run(
            "activate",
            render_text(
                "slipway-host/activate.sh.j2",
                release=release,
                config_digest=config_digest,
                rules_digest=sha256(rules.encode()).hexdigest(),
            ),
            stdin=render_output(
                "slipway-host/colour.env.j2",
                variables={
                    **database_urls(args.database),
                    "SECRET_KEY": secret_key.result,
                    **args.environment,
                },
            ),
        )
        self.register_outputs({})


def database_urls(database: DatabaseAccess) -> dict[str, pulumi.Output[str]]:
    """Where the app finds its database; the role that migrates is for slipway-host, which keeps it from the app."""
    urls = {
        "DATABASE_URL": database_url(database, database.address, "app", database.app_password),
        "SLIPWAY_MIGRATION_URL": database_url(database, database.address, "app_owner", database.owner_password),
    }
    if database.replica_address is not None:
        urls["DATABASE_REPLICA_URL"] = database_url(database, database.replica_address, "app", database.app_password)
    return urls


def database_url(
    database: DatabaseAccess, address: pulumi.Output[str], role: str, password: pulumi.Output[str]
) -> pulumi.Output[str]:
    """With the certificate of the server verified."""
    return render_output(
        "slipway-host/database-url.j2",
        role=role,
        password=password,
        host=address,
        port=database.port,
        bundle=RDS_BUNDLE,
    )
