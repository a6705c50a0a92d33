"""How each resource type is asked of an account: every room's requests in one table."""

from rehearsal.providers import ask_compute, ask_database, ask_dns, ask_identity, ask_network, ask_storage, ask_watch
from rehearsal.providers.account import Ask

# No type comes before one it refers to.
ASK: dict[str, Ask] = {
    **ask_network.ASK,
    **ask_identity.ASK,
    **ask_compute.ASK,
    **ask_storage.ASK,
    **ask_watch.ASK,
    **ask_database.ASK,
    **ask_dns.ASK,
}
