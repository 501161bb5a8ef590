"""Validation of settings from the environment."""

import re
import zlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from environs import EnvError, ValidationError


def validate_secret_keys(keys: Sequence[str]) -> None:
    """Validate secret keys like Django's check security.W009, and reject repetition. Raises `ValidationError`.

    Random characters do not compress, but a word that is repeated until it is long enough does.
    """
    for key in keys:
        is_repeated = len(zlib.compress(key.lower().encode(errors="replace"), 9)) < 45
        if not 50 <= len(key) <= 1000 or is_repeated or key.startswith("django-insecure-"):
            raise ValidationError("A key has 50 to 1000 random characters; without one, Lightboard makes its own.")


def validate_secret_key(key: str) -> None:
    """Validate a secret key, which may be empty. Raises `ValidationError`."""
    validate_secret_keys([key] if key else [])


def validate_hosts(values: Sequence[str]) -> None:
    """Validate a list like ["board.example.org"]. Raises `ValidationError`."""
    if any("*" in value for value in values):
        raise ValidationError("* would let anybody choose the host: name the hosts.")


def validate_site_url(value: str) -> None:
    """Validate a URL like "https://board.example.org". Raises `ValidationError`."""
    site = urlsplit(value)
    if value and (
        site.scheme not in ("http", "https") or not site.hostname or f"{site.scheme}://{site.netloc}" != value
    ):
        raise ValidationError("Must be like https://board.example.org, without a path.")


def validate_script_name(name: str) -> None:
    """Validate a path prefix like "/board". Raises `ValidationError`."""
    if name and not re.fullmatch(r"(/[\w.~-]+)+", name, re.ASCII):
        raise ValidationError("Must be like /board: with a slash at its beginning, and none at its end.")


def validate_origins(values: Sequence[str]) -> None:
    """Validate a list like ["https://board.example.org"]. Raises `ValidationError`."""
    if wrong := [value for value in values if not value.startswith(("http://", "https://"))]:
        raise ValidationError(f"Must start with http:// or https://: {', '.join(wrong)}")


def validate_rate(value: str) -> None:
    """Validate a rate like "6000/minute". Raises `ValidationError`."""
    if not re.fullmatch(r"[1-9]\d{0,8}/(second|minute|hour|day)", value):
        raise ValidationError("Must be like 6000/minute: a number of requests per second, minute, hour or day.")


def check_debug(debug: bool, host: str, hosts: Sequence[str]) -> None:
    """Reject DEBUG if other machines can reach its error pages. Raises `EnvError`."""
    public = [name for name in (host, *hosts) if name not in ("localhost", "127.0.0.1", "::1", "[::1]")]
    if debug and public:
        raise EnvError(
            f'Environment variable "DEBUG" invalid: Its error pages show everything, so not on {", ".join(public)}.'
        )
