"""The project's settings, with one route more."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "e2e.lab.api_urls"
