"""The app on the host: its source, its database, and the colour that serves it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

import pulumi

from components.access import OWNER, DatabaseAccess
from components.credentials import RDS_BUNDLE, credentials
from components.generations import draw
from components.remote import Steps, Target
from components.rendering import render_output, render_text
from source import Source
from wanted import Environment, Rules


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
    environment: Environment
    config_digests: Sequence[str]  # of the files that a running colour has read


class Release(pulumi.ComponentResource):
    """Uploads and builds while the database is still being made, then readies the database and goes live."""

    def __init__(self, name: str, args: ReleaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:components:Release", name, {}, opts)
        project, release, database = args.project, args.project.release, args.database
        archive = f"/var/tmp/slipway/{release}.tar.gz"
        config_digest = sha256("".join(args.config_digests).encode()).hexdigest()
        rules = json.dumps(asdict(args.rules), indent=1, sort_keys=True) + "\n"
        # Longer than the 50 characters Django's security checks ask for.
        secret_keys = draw(f"{name}-secret-key", args.environment.secret_key_generation, length=64, parent=self)
        server = {
            "host": database.address,
            "port": database.port,
            "replica": database.replica_address,
            "bundle": RDS_BUNDLE,
        }
        master = {"master_user": database.master_user, "master_password": database.master_password}
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
                "slipway-host/database.sh.j2",
                **server,
                role=database.role,
                other_role=database.other_role,
                generation=database.app_passwords.number,
                owner=OWNER,
            ),
            stdin=pulumi.Output.json_dumps(
                {
                    **master,
                    "owner_password": database.owner_password,
                    "password": database.app_passwords.current,
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
                variables={**credentials(database, secret_keys), **args.environment.variables},
            ),
        )
        if database.app_passwords.previous is not None:
            steps.run(
                "retire",
                render_output("slipway-host/retire.sh.j2", **server, role=database.other_role),
                stdin=pulumi.Output.json_dumps(master),
            )
        self.register_outputs({})
