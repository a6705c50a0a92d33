"""The manage.py of every release: Django's commands under our settings, whichever the project's own would name."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "slipway_production.settings"
    execute_from_command_line(["manage.py", *sys.argv[1:]])
