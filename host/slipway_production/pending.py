"""What a release would do to the database: `python -m slipway_production.pending REPORT_FD` changes nothing.

Reports {"failed": null, "migrations": […]}, or what failed and why.
"""

from __future__ import annotations

import sys
import traceback

import django
from django.db import connections

from slipway_production import report
from slipway_production.migrating import plan
from slipway_production.migrating.run import has_no_database

if __name__ == "__main__":
    try:
        django.setup()
        found = [] if has_no_database() else [one.details() for one in plan.pending(connections["default"])]
    except BaseException as failure:
        traceback.print_exc()
        report.end(int(sys.argv[1]), failed="pending", error=report.sentence(failure))
    report.end(int(sys.argv[1]), failed=None, migrations=found)
