"""The parts of a stack: one component a file, and here all of them by name, for `__main__.py`."""

from components.certificate import Certificate, CertificateArgs, issuer
from components.database import Database, DatabaseArgs
from components.dns import Dns, DnsArgs
from components.firewall import Firewall, FirewallArgs
from components.gunicorn import Gunicorn, GunicornArgs
from components.identity import Identity, IdentityArgs
from components.logs import Logs, LogsArgs
from components.lookups import hosted_zone, image, place, zones
from components.media import Media, MediaArgs
from components.naming import stack_name
from components.network import Network, NetworkArgs
from components.nginx import Nginx, NginxArgs
from components.ordering import after
from components.protection import Protection
from components.reach import way_in
from components.release import Project, Release, ReleaseArgs
from components.reports import Reports, ReportsArgs
from components.rights import host_statements
from components.server import Server, ServerArgs
from components.site import Site, SiteArgs
from components.system import System, SystemArgs
from components.watch import Watch, WatchArgs

__all__ = [
    "Certificate",
    "CertificateArgs",
    "Database",
    "DatabaseArgs",
    "Dns",
    "DnsArgs",
    "Firewall",
    "FirewallArgs",
    "Gunicorn",
    "GunicornArgs",
    "Identity",
    "IdentityArgs",
    "Logs",
    "LogsArgs",
    "Media",
    "MediaArgs",
    "Network",
    "NetworkArgs",
    "Nginx",
    "NginxArgs",
    "Project",
    "Protection",
    "Release",
    "ReleaseArgs",
    "Reports",
    "ReportsArgs",
    "Server",
    "ServerArgs",
    "Site",
    "SiteArgs",
    "System",
    "SystemArgs",
    "Watch",
    "WatchArgs",
    "after",
    "host_statements",
    "hosted_zone",
    "image",
    "issuer",
    "place",
    "stack_name",
    "way_in",
    "zones",
]
