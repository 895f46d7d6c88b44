"""Finders that leave out what the wheels bring and no page uses: old font formats, other versions of a script."""

from __future__ import annotations

from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder

UNUSED = (
    "Lora",
    "*.eot",
    "*.ttf",
    "*.woff",
    "*-300.woff2",
    "*italic*",
    "Titillium_Web/*.svg",
    "Roboto_Mono/*.svg",
    "roboto-mono-*-700.woff2",
    "django_htmx/ext",
    "django_htmx/django-htmx.js",
    "htmx-2.js",
    "htm?x-4*",
    "django_tables2",
)


class Folders(FileSystemFinder):
    def list(self, ignore_patterns):
        return super().list([*(ignore_patterns or ()), *UNUSED])


class Apps(AppDirectoriesFinder):
    def list(self, ignore_patterns):
        return super().list([*(ignore_patterns or ()), *UNUSED])
