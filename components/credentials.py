"""The variables in which the app and its migrations find their secrets."""

from __future__ import annotations

import pulumi

from components.access import OWNER, DatabaseAccess
from components.generations import Generations
from components.rendering import render_output

RDS_BUNDLE = "/etc/ssl/certs/rds-global-bundle.pem"


def credentials(database: DatabaseAccess, secret_keys: Generations) -> dict[str, str | pulumi.Output[str]]:
    """Everything that a rotation changes, and the numbers by which the host can say how far it has come."""
    variables: dict[str, str | pulumi.Output[str]] = {**database_urls(database), "SECRET_KEY": secret_keys.current}
    if secret_keys.previous is not None:
        variables["SECRET_KEY_FALLBACKS"] = secret_keys.previous
    variables["SLIPWAY_SECRET_KEY_GENERATION"] = str(secret_keys.number)
    variables["SLIPWAY_DATABASE_PASSWORD_GENERATION"] = str(database.app_passwords.number)
    return variables


def database_urls(database: DatabaseAccess) -> dict[str, pulumi.Output[str]]:
    """Where the app finds its database; the role that migrates is for slipway-host, which keeps it from the app."""
    password = database.app_passwords.current
    urls = {
        "DATABASE_URL": database_url(database, database.address, database.role, password),
        "SLIPWAY_MIGRATION_URL": database_url(database, database.address, OWNER, database.owner_password),
    }
    if database.replica_address is not None:
        urls["DATABASE_REPLICA_URL"] = database_url(database, database.replica_address, database.role, password)
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
