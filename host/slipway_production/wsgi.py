"""The WSGI entry of every release: `slipway_production.wsgi:application`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver
from django.utils.module_loading import import_string

OURS = "slipway_production.settings"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def load() -> Application:
    """The project's application under our settings, ready to be forked into workers."""
    os.environ["DJANGO_SETTINGS_MODULE"] = OURS
    # Settings first: the project's wsgi.py may assign DJANGO_SETTINGS_MODULE, which no longer matters then.
    django.setup()
    inner = project_application(os.environ.get("SLIPWAY_WSGI", ""))
    load_views()
    close_connections()
    if OURS != settings.SETTINGS_MODULE:
        raise RuntimeError(f"the project replaced the settings by {settings.SETTINGS_MODULE} while it loaded")
    return with_client_address(inner)


def close_connections() -> None:
    """Apps may query while they load, and workers must not share those sockets after the fork."""
    connections.close_all()
    for connection in connections.all():
        # A pool (Django 5.1) keeps what is closed open, and the threads that look after it do not outlive the fork.
        if getattr(connection, "pool", None):
            connection.close_pool()


def load_views() -> int:
    """Loads the URLconf, and with it the views, before the fork: else each worker's first visitor waits for it."""
    return len(get_resolver().url_patterns)


def project_application(named: str) -> Application:
    """What `wsgiModule` names (`package.wsgi`, `package.wsgi:app`), else WSGI_APPLICATION, else Django's own."""
    if named:
        module, _, attribute = named.partition(":")
        path = f"{module}.{attribute or 'application'}"
    else:
        path = settings.WSGI_APPLICATION or ""
    application: Application = import_string(path) if path else get_wsgi_application()
    return application


def with_client_address(inner: Application) -> Application:
    """REMOTE_ADDR, which is empty behind a unix socket, from the header that only our nginx can have set."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("REMOTE_ADDR"):
            environ["REMOTE_ADDR"] = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        return inner(environ, start_response)

    return application


application = load()
