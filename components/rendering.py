"""Templates to text: the only importer of jinja2."""

from __future__ import annotations

import shlex
from pathlib import Path

import pulumi
from jinja2 import Environment, FileSystemLoader, StrictUndefined


def systemd_quote(value: str) -> str:
    """A value for systemd's EnvironmentFile: in double quotes, where only these four are special (systemd.exec(5))."""
    for special in ("\\", '"', "`", "$"):
        value = value.replace(special, f"\\{special}")
    return f'"{value}"'


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_environment.filters.update(quote=shlex.quote, systemd=systemd_quote)


def render_text(template: str, **values: object) -> str:
    """The text of `templates/{template}`; a name the template uses and nobody gave is an error."""
    return _environment.get_template(template).render(values)


def render_output(template: str, **values: object) -> pulumi.Output[str]:
    """The same for values of which some are known only once their resources exist."""
    return pulumi.Output.all(**values).apply(lambda known: render_text(template, **known))
