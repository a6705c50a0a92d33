"""The commands of `slipway`, in the order of its help."""

import typer

from cli.commands import allow, cost, logs, maintenance, manage, migrations, releases, rollback, rotate, ssh, status

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="What an operator does with a running stack: look, go back, run a command on its host.",
)
# Whose last arguments are another program's: options among them are not ours.
PASSING_ON = {"allow_interspersed_args": False}

app.command()(status.status)
app.command()(releases.releases)
app.command()(rollback.rollback)
app.command()(allow.allow)
app.command()(migrations.migrations)
app.command()(logs.logs)
app.command(context_settings=PASSING_ON)(manage.manage)
app.command()(manage.shell)
app.command(context_settings=PASSING_ON)(ssh.ssh)
app.command()(maintenance.maintenance)
app.command()(cost.cost)
app.command()(rotate.rotate)
