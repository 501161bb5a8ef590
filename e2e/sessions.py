"""Log-ins by the form without a browser, and the cookies they leave."""

from functools import cache
from urllib.parse import urlsplit

import httpx

from .server import has_tls

# The state of a browser that nobody logged in with.
NOBODY = {"cookies": [], "origins": []}


def log_in(url, username):
    """Log in by the form and return the session's cookie header."""
    with httpx.Client(base_url=url, timeout=20, verify=has_tls(url)) as browser:
        browser.get("/login/").raise_for_status()
        form = {
            "username": username,
            "password": username,
            "csrfmiddlewaretoken": secret_of(browser.cookies, "csrf"),
        }
        answer = browser.post("/login/", data=form, headers={"Origin": url})
        assert answer.status_code == 302, answer.text
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def values_of(cookie):
    """Return {name: value} of a cookie header."""
    return dict(part.split("=", 1) for part in cookie.split("; "))


def secret_of(cookies, kind):
    """Return the value of our cookie "session" or "csrf" among {name: value}; its name also says the installation."""
    (value,) = (value for name, value in cookies.items() if f"lightboard_{kind}_" in name and "device" not in name)
    return value


def session_cookie_name(url):
    """Return the name of a server's session cookie, which goes with that of its CSRF cookie."""
    (name,) = httpx.get(f"{url}/login/", verify=has_tls(url)).cookies.keys()
    return name.replace("_csrf_", "_session_")


@cache
def browser_state(url, username):
    """Log in, once, and return the state of a browser that did, as Playwright wants it."""
    cookies = values_of(log_in(url, username))
    shared = {"domain": urlsplit(url).hostname, "path": "/", "secure": has_tls(url), "sameSite": "Lax"}
    # Scripts read that of the CSRF token.
    return {
        "cookies": [
            {"name": name, "value": value, "httpOnly": "_csrf_" not in name, **shared}
            for name, value in cookies.items()
        ],
        "origins": [],
    }
