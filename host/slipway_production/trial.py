"""Tries whether the settings load under production: `python -m slipway_production.trial REPORT_FD`."""

from __future__ import annotations

import sys
import traceback

from django.conf import settings

from slipway_production import loading, report

if __name__ == "__main__":
    try:
        with loading.limited():
            str(settings.DEBUG)
    except BaseException as failure:
        traceback.print_exc()
        report.end(int(sys.argv[1]), failed="settings", error=report.sentence(failure))
    report.end(int(sys.argv[1]), failed=None)
