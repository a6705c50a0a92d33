"""The environment of an engine that touches nothing of the user's own Pulumi: no login, no plugins, no network."""

import os
from pathlib import Path

from rehearsal.recorded import PASSPHRASE


def environment(pulumi: Path, home: Path, state: Path) -> dict[str, str]:
    """Variables to lay over the current ones: `home` for the engine's own files, `state` (0700) for the stacks.

    PULUMI_* variables that the user has exported for real stacks are blanked.
    """
    blanked = {name: "" for name in os.environ if name.startswith("PULUMI_")}
    return blanked | {
        "PATH": os.pathsep.join([str(pulumi.parent), os.environ.get("PATH", os.defpath)]),
        "PULUMI_HOME": str(home),
        "PULUMI_CREDENTIALS_PATH": str(home),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "PULUMI_DISABLE_CI_DETECTION": "true",
        "PULUMI_SUPPRESS_NEO_LINK": "true",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
    }
