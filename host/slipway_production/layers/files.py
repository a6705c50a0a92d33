"""Static and uploaded files where nginx serves them; object storages that a project chose stay."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

OURS = "slipway_production.storage.StaticFiles"
FILE_SYSTEM = "django.core.files.storage.FileSystemStorage"
ELSEWHERE = ("storages.", "cloudinary_storage.", "django_s3_storage.")


def layer(settings: Mapping[str, Any], environ: Mapping[str, str], django: tuple[int, int]) -> dict[str, Any]:
    return {
        **storages(settings, django),
        "STATIC_ROOT": environ["SLIPWAY_STATIC_ROOT"],
        "MEDIA_ROOT": environ["SLIPWAY_MEDIA_ROOT"],
        "STATIC_URL": url(settings.get("STATIC_URL"), "/static/"),
        "MEDIA_URL": url(settings.get("MEDIA_URL"), "/media/"),
        "STATICFILES_DIRS": existing(settings.get("STATICFILES_DIRS") or ()),
        # The service runs with a umask that nginx cannot read through.
        "FILE_UPLOAD_PERMISSIONS": 0o644,
        "FILE_UPLOAD_DIRECTORY_PERMISSIONS": 0o755,
    }


def storages(settings: Mapping[str, Any], django: tuple[int, int]) -> dict[str, Any]:
    """STORAGES, also from the names used before Django 4.2; on such an old Django, those names."""
    own = settings.get("STORAGES") or {}
    static = own.get("staticfiles") or {"BACKEND": settings.get("STATICFILES_STORAGE") or ""}
    if not static.get("BACKEND", "").startswith(ELSEWHERE):
        static = {"BACKEND": OURS}
    uploads = own.get("default") or {"BACKEND": settings.get("DEFAULT_FILE_STORAGE") or FILE_SYSTEM}
    if django >= (4, 2):
        # Until Django 5.1 the old names beside STORAGES are an error.
        old_names = {"STATICFILES_STORAGE": None, "DEFAULT_FILE_STORAGE": None}
        return {"STORAGES": {**own, "default": uploads, "staticfiles": static}, **old_names}
    return {"STATICFILES_STORAGE": static["BACKEND"], "DEFAULT_FILE_STORAGE": uploads["BACKEND"]}


def url(own: str | None, served: str) -> str:
    """A full address (a CDN, a bucket) is the project's choice; a path must be the one nginx serves."""
    own = str(own or "")
    return own if own.startswith(("https://", "http://", "//")) else served


def existing(folders: list[Any] | tuple[Any, ...]) -> list[Any]:
    """Without folders that are not in the release; one may be written as (prefix, folder)."""
    return [item for item in folders if os.path.isdir(item[1] if isinstance(item, (list, tuple)) else item)]
