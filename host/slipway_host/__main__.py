"""`python -m slipway_host`, for trying it out of a checkout."""

import sys

from slipway_host.cli import main

sys.exit(main(sys.argv[1:]))
