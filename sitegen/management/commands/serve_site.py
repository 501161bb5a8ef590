import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from sitegen.commands import add_page_options


class Command(BaseCommand):
    help = "Show the site of a folder (default: SITE_PAGES) while it is written: one process, no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default=settings.SITE_PAGES)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)
        add_page_options(parser)

    def handle(self, **options: Any) -> None:
        flags = [f"--{name}" for name in ("drafts", "future") if options[name]]
        place = ["--host", options["host"], "--port", str(options["port"])]
        # Becomes the process that knows no project: the settings of this one cannot be put back.
        command = [sys.executable, "-m", "sitegen", "serve", str(options["folder"]), *place, *flags]
        os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[3])
        os.execv(sys.executable, command)
