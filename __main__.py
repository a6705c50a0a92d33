"""The whole stack, in the order it comes to life. What its parts are made of is in `components/`."""

from functools import partial
from pathlib import Path

import pulumi

import components as c
import settings
import source

here = Path(__file__).resolve().parent
config = settings.load()
names = config.names()
app = source.fetch(config.app_source, here)
slipway_host = source.pack_folder(here / "host")
project = c.Project(source=app, django_settings=config.django_settings, wsgi_module=config.wsgi_module)
kept = partial(c.Protection, protect=config.protect, accept=config.accept_replacement)
# Looked up before anything is made: what is missing stops an update while there is nothing to clean up
place = c.place()
image = c.image(config.instance_type)
zone = c.hosted_zone(config.hosted_zone)
reach = c.way_in(config.ssh_through_session_manager, place.region, settings.aws_profile())

# In the cloud
network = c.Network("network", c.NetworkArgs(zones=c.zones(), region=place.region))
firewall = c.Firewall("firewall", c.FirewallArgs(vpc_id=network.vpc_id, admin_cidrs=config.ssh_networks()))
identity = c.Identity("identity", c.IdentityArgs(statements=[*c.host_statements(place, c.stack_name()), *reach.rights]))
logs = c.Logs("logs", c.LogsArgs(place=place, retention_days=config.log_retention_days))
server = c.Server(
    "server",
    c.ServerArgs(
        subnet=network.public_subnets[0],
        security_group_id=firewall.web_group_id,
        instance_type=config.instance_type,
        image_id=image,
        instance_profile=identity.profile,
        reach=reach,
        protection=kept(component="server"),
    ),
)
database = c.Database(
    "database",
    c.DatabaseArgs(
        subnet_ids=network.isolated_subnet_ids,
        security_group_id=firewall.database_group_id,
        wanted=config.database(),
        log_key_arn=logs.key_arn,
        protection=kept(component="database"),
    ),
)
dns = c.Dns("dns", c.DnsArgs(zone=zone, names=names, address=server.address, issuer=c.issuer(config.acme_server)))

# On the host, one step after the other; the database is awaited by the release's last two steps alone
host = server.target
system = c.System("system", c.SystemArgs(target=host, ssh_public_key=config.ssh_public_key, host_package=slipway_host))
media = c.Media(
    "media",
    c.MediaArgs(target=host, zone=network.zone, size_gb=config.media_volume_gb, protection=kept(component="media")),
    c.after(system),
)
nginx = c.Nginx("nginx", c.NginxArgs(target=host, names=names), c.after(media))
certificate = c.Certificate(
    "certificate",
    c.CertificateArgs(target=host, names=names, server=config.acme_server, email=config.acme_email),
    c.after(nginx, dns),
)
site = c.Site("site", c.SiteArgs(target=host, names=names, health_path=config.health_path), c.after(certificate))
gunicorn = c.Gunicorn("gunicorn", c.GunicornArgs(target=host), c.after(site))
reports = c.Reports("reports", c.ReportsArgs(target=host, domain=config.domain), c.after(gunicorn))
release = c.Release(
    "release",
    c.ReleaseArgs(
        target=host,
        project=project,
        database=database.access,
        rules=config.rules(),
        environment=config.environment(),
        config_digests=[gunicorn.config_digest, slipway_host.digest],
    ),
    c.after(reports),
)
c.Watch(
    "watch",
    c.WatchArgs(
        place=place,
        server=server.watched,
        database=database.watched,
        key_arn=logs.key_arn,
        email=config.alarm_email,
        monthly_budget_usd=config.monthly_budget_usd,
    ),
    c.after(release),
)

for warning in [*config.warnings(), *app.warnings, *app.unknown(config.accept_migrations)]:
    pulumi.log.warn(warning)
outputs = {"url": f"https://{config.domain}/", **server.outputs, "database": database.address}
for name, value in {**outputs, "release": project.release, "migrations": app.telling_migrations()}.items():
    pulumi.export(name, value)
