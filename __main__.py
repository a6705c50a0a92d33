"""The whole stack, in the order it comes to life. What its parts are made of is in `components/`."""

from pathlib import Path

import pulumi

import settings
import source
from components import lookups
from components.certificate import Certificate, CertificateArgs
from components.database import Database, DatabaseArgs
from components.dns import Dns, DnsArgs
from components.firewall import Firewall, FirewallArgs
from components.gunicorn import Gunicorn, GunicornArgs
from components.network import Network, NetworkArgs
from components.nginx import Nginx, NginxArgs
from components.release import Release, ReleaseArgs
from components.server import Server, ServerArgs
from components.site import Site, SiteArgs
from components.system import System, SystemArgs
from instance_types import architecture


def after(*earlier: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(depends_on=list(earlier))


here = Path(__file__).resolve().parent
config = settings.load()
app = source.fetch(config.app_source, here)
slipway_host = source.pack_folder(here / "host")
release_id = app.release(config.django_settings, config.wsgi_module)

# Looked up before anything is made: what is missing stops an update while there is nothing to clean up
zones = lookups.zones()
image = lookups.image(architecture(config.instance_type))
hosted_zone = lookups.hosted_zone(config.hosted_zone)

# In the cloud
network = Network("network", NetworkArgs(zones=zones))
firewall = Firewall("firewall", FirewallArgs(vpc_id=network.vpc_id, admin_cidrs=config.admin_cidrs))
server = Server(
    "server",
    ServerArgs(
        subnet_id=network.public_subnet_ids[0],
        security_group_id=firewall.web_group_id,
        instance_type=config.instance_type,
        image_id=image,
        protect=config.protect,
    ),
)
database = Database(
    "database",
    DatabaseArgs(
        subnet_ids=network.isolated_subnet_ids,
        security_group_id=firewall.database_group_id,
        instance_class=config.database_instance_class,
        storage_gb=config.database_storage_gb,
        postgres_version=config.postgres_version,
        backup_retention_days=config.backup_retention_days,
        protect=config.protect,
    ),
)
dns = Dns("dns", DnsArgs(zone_id=hosted_zone, domain=config.domain, address=server.address))

# On the host, one step after the other; the database is awaited by the release's last two steps alone
host = server.target
system = System("system", SystemArgs(target=host, ssh_public_key=config.ssh_public_key, host_package=slipway_host))
nginx = Nginx("nginx", NginxArgs(target=host, domain=config.domain), after(system))
certificate = Certificate(
    "certificate",
    CertificateArgs(target=host, domain=config.domain, server=config.acme_server, email=config.acme_email),
    after(nginx, dns),
)
site = Site("site", SiteArgs(target=host, domain=config.domain), after(certificate))
gunicorn = Gunicorn("gunicorn", GunicornArgs(target=host), after(site))
release = Release(
    "release",
    ReleaseArgs(
        target=host,
        release=release_id,
        source=app,
        django_settings=config.django_settings,
        wsgi_module=config.wsgi_module,
        database=database.access,
        environment=config.environment(),
        config_digests=[gunicorn.config_digest, slipway_host.digest],
    ),
    after(gunicorn),
)

for warning in app.warnings:
    pulumi.log.warn(warning)
pulumi.export("url", f"https://{config.domain}/")
pulumi.export("address", server.address)
pulumi.export("ssh", server.address.apply(lambda address: f"{host.user}@{address}"))
pulumi.export("release", release_id)
pulumi.export("database", database.address)
