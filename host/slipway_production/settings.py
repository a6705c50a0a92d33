"""The settings module of every release: the project's own settings, then what production needs on top."""

import os

import django

from slipway_production import base, overlay

project = base.load(os.environ, __name__)
globals().update(overlay.production(project, os.environ, django.VERSION[:2]))
