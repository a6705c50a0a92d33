"""Which project is deployed, and what it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings import Settings

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
SETTING = re.compile(r"[A-Z][A-Z0-9_]*")
# With its own of these a project would show its source, ask another database, or take sessions that anybody can forge.
NEVER_KEPT = ("DEBUG", "DATABASES", "SECRET_KEY")
# The variables that the program and slipway-host set themselves.
RESERVED = {
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "WEB_CONCURRENCY",
    "DJANGO_SETTINGS_MODULE",
    "PYTHONPATH",
}


def findings(settings: Settings) -> Iterator[str]:
    """Findings about the project and its variables, each beginning with its key."""
    if not settings.app_source:
        yield "appSource is empty; give the path of a Django project, or https://host/repository.git#ref."
    if settings.django_settings and not MODULE.fullmatch(settings.django_settings):
        yield f"djangoSettings is {settings.django_settings!r}, which is no module name; write it like mysite.settings."
    module, _, attribute = settings.wsgi_module.partition(":")
    if settings.wsgi_module and not (MODULE.fullmatch(module) and (not attribute or attribute.isidentifier())):
        yield f"wsgiModule is {settings.wsgi_module!r}; write it like mysite.wsgi:application."
    for name in settings.keep_settings:
        if not isinstance(name, str) or not SETTING.fullmatch(name):
            yield f"keepSettings has {name!r}, which is no name of a Django setting; write it like LOGGING."
        elif name in NEVER_KEPT:
            yield f"keepSettings has {name!r}, which only the stack can know in production; remove it."
    yield from _variables(settings)


def _variables(settings: Settings) -> Iterator[str]:
    for key, variables in (("appEnv", settings.app_env), ("appSecrets", settings.app_secrets)):
        yield from _variables_of(key, variables)
    for name in sorted(settings.app_env.keys() & settings.app_secrets.keys()):
        yield f"appEnv.{name} is also in appSecrets; keep one of the two."


def _variables_of(key: str, variables: Mapping[str, object]) -> Iterator[str]:
    """Never shows a value: it may be a secret."""
    for name, value in variables.items():
        if not VARIABLE.fullmatch(name):
            yield f"{key} has {name!r}, which is no name of an environment variable; use letters, digits and _."
        elif name in RESERVED or name.startswith("SLIPWAY_"):
            yield f"{key}.{name} is set by Slipway itself; remove it."
        if not isinstance(value, str):
            yield f"{key}.{name} is of type {type(value).__name__}; an environment variable is text: quote it."
        elif "\0" in value:
            yield f"{key}.{name} has a NUL byte, which no environment variable can hold; remove it."
