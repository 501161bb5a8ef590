"""Settings from the environment, and the sentence that refuses an invalid one."""

import os
import re
import stat

import pytest
from django.db.utils import ConnectionHandler, OperationalError
from django.test import Client

from .conftest import OURS, ROOT

IN_DJANGO = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import django; django.setup()\n"
KEY = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRS"
WRONG = [
    ("DEBUG", "maybe"),
    ("SECRET_KEY", KEY * 50),
    ("SECRET_KEY", KEY[:49]),
    ("SECRET_KEY", "x" * 60),
    ("SECRET_KEY", "lightboard" * 6),
    ("SECRET_KEY", "password1password2password3password4password5password6"),
    ("SECRET_KEY", "correct horse battery staple Correct Horse Battery Staple"),
    ("SECRET_KEY", "change me please change me now change me today change it"),
    ("SECRET_KEY", "django-insecure-" + KEY),
    ("SECRET_KEY_FALLBACKS", f"{KEY},short"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "board.example,*.example"),
    ("SITE_URL", "board.example"),
    ("SITE_URL", "https://board.example/board/"),
    ("SITE_URL", "ftp://board.example"),
    ("FORCE_SCRIPT_NAME", "board"),
    ("FORCE_SCRIPT_NAME", "/board/"),
    ("PORT", "web"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("DATA_DIR", "/there/is/no/such/folder"),
    ("DATA_DIR", "/dev/null"),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "oracular://db/x"),
    ("DATABASE_URL", "sqlite:////there/is/no/such/folder/x.sqlite3"),
    ("REDIS_URL", "http://localhost"),
    ("TIME_ZONE", "Mars/Olympus"),
    ("TRUSTED_ORIGINS", "https://good.example,bad.example"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "10.0.0.1"),
    ("DEMO_ANYWHERE", "perhaps"),
    ("EMAIL_URL", "nonsense"),
    ("EMAIL_URL", "carrier-pigeon://loft"),
    ("EMAIL_URL", "smtp://mail.example:port"),
    ("API_RATE", "many"),
    ("API_RATE_UNKNOWN", "0/minute"),
]


@pytest.fixture
def refusal(load):
    """Return the message with which the settings refuse these variables."""

    def refuse(**variables):
        with pytest.raises(SystemExit) as end:
            load(**variables)
        return end.value.code

    return refuse


@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_an_invalid_value_is_refused_with_one_sentence_that_names_the_variable(refusal, variable, value):
    sentence = refusal(**{variable: value})
    assert sentence.startswith(f'Lightboard cannot start: Environment variable "{variable}" invalid: ')
    assert len(sentence) < 200
    assert len(sentence.splitlines()) == 1


def test_an_invalid_setting_prints_one_line_and_stops_the_start(run):
    done = run("manage.py", "check", DEBUG="maybe")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith('Lightboard cannot start: Environment variable "DEBUG" invalid: ')


def test_valid_values_start(load, tmp_path):
    values = {
        "ALLOWED_HOSTS": "board.example,localhost",
        "API_RATE": "100/second",
        "API_RATE_UNKNOWN": "5/hour",
        "DATA_DIR": str(tmp_path / "data"),
        "DEBUG": "off",
        "DEMO_ANYWHERE": "1",
        "FORCE_SCRIPT_NAME": "/board",
        "EMAIL_URL": "submission://ana%40example.org:s3cret@mail.example",
        "HOST": "::1",
        "MAIL_FROM": "board@example.org",
        "PORT": "0",
        "REDIS_URL": "rediss://redis.example/1",
        "SECRET_KEY": KEY,
        "SECRET_KEY_FALLBACKS": f"{KEY[::-1]},{KEY}",
        "SITE_URL": "https://board.example:8443",
        "STATIC_ROOT": str(tmp_path / "static"),
        "TIME_ZONE": "Europe/Stockholm",
        "TRUSTED_ORIGINS": "https://board.example",
        "TRUSTED_PROXIES": "1",
        "WEBHOOKS_TO_PRIVATE_ADDRESSES": "1",
    }
    assert values.keys() | {"DATABASE_URL"} == OURS
    assert load(**values)["PORT"] == 0


@pytest.mark.parametrize(
    "public", [{"HOST": "0.0.0.0"}, {"ALLOWED_HOSTS": "board.example"}, {"SITE_URL": "https://board.example"}]
)
def test_debug_does_not_start_where_others_could_see_it(refusal, public):
    sentence = refusal(DEBUG="1", **public)
    assert sentence.startswith('Lightboard cannot start: Environment variable "DEBUG" invalid: ')


def test_debug_starts_on_this_machine_only(load):
    assert load(DEBUG="1")["DEBUG"] is True


HTTPS = {
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


def test_an_https_address_makes_everything_secure_and_an_http_one_trusts_no_header(load):
    for scheme, secure, prefix in [("https", HTTPS, "__Host-"), ("http", {}, "")]:
        loaded = load(SITE_URL=f"{scheme}://board.example")
        assert {name: loaded[name] for name in HTTPS if name in loaded} == secure
        for cookie in ("session", "csrf"):
            name = loaded[f"{cookie.upper()}_COOKIE_NAME"]
            assert re.fullmatch(f"{prefix}lightboard_{cookie}_[0-9a-f]{{8}}", name)
        assert "board.example" in loaded["ALLOWED_HOSTS"]
        assert loaded["CSRF_TRUSTED_ORIGINS"] == [f"{scheme}://board.example"]


@pytest.mark.parametrize("script_name", ["", "/board"])
def test_a_probe_is_not_redirected_to_https(load, settings, script_name):
    loaded = load(SITE_URL="https://board.example", FORCE_SCRIPT_NAME=script_name)
    for name in ("ALLOWED_HOSTS", "FORCE_SCRIPT_NAME", "SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT"):
        setattr(settings, name, loaded[name])
    browser = Client(HTTP_HOST="board.example")
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/login/").status_code == 301


def test_a_command_imports_no_servers_and_no_unused_libraries(run):
    script = IN_DJANGO + (
        "import sys, config.urls\n"
        "print(sorted({'autobahn', 'daphne', 'httpx', 'redis', 'twisted'} & sys.modules.keys()))"
    )
    assert run("-c", script).stdout == "[]\n"


@pytest.fixture
def elsewhere(tmp_path):
    """An installation with nothing but its settings."""
    return copy_settings(tmp_path)


def copy_settings(folder):
    (folder / "config").mkdir()
    (folder / "config" / "settings.py").write_bytes((ROOT / "config" / "settings.py").read_bytes())
    return folder


def test_a_secret_key_is_generated_once_and_private_to_its_owner(load, elsewhere):
    first, second = (load(elsewhere)["SECRET_KEY"] for _ in range(2))
    path = elsewhere / "var" / "secret_key"
    assert len(first) >= 50
    assert first == second == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("rights_before", [None, 0o755])
def test_the_data_folder_is_private_to_its_owner(load, elsewhere, rights_before):
    folder = elsewhere / "var"
    if rights_before:
        folder.mkdir(rights_before)
    umask = os.umask(0)
    try:
        load(elsewhere)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_each_installation_has_its_own_key(load, elsewhere, tmp_path_factory):
    other = copy_settings(tmp_path_factory.mktemp("other"))
    assert load(elsewhere)["SECRET_KEY"] != load(other)["SECRET_KEY"]


def test_a_secret_key_from_the_environment_replaces_the_generated_one(load, elsewhere):
    assert load(elsewhere, SECRET_KEY=KEY)["SECRET_KEY"] == KEY
    assert not (elsewhere / "var" / "secret_key").exists()


def test_the_environment_overrides_the_env_file(load, elsewhere):
    (elsewhere / ".env").write_text("PORT=8001\nHOST=0.0.0.0\n")
    loaded = load(elsewhere, PORT="8002")
    assert (loaded["HOST"], loaded["PORT"]) == ("0.0.0.0", 8002)


def test_the_default_database_has_its_folder(load, elsewhere):
    assert load(elsewhere, SECRET_KEY=KEY)["DATABASE"]["NAME"] == str(elsewhere / "var" / "lightboard.sqlite3")
    assert (elsewhere / "var").is_dir()


def test_the_data_folder_can_be_elsewhere(load, elsewhere, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "lightboard"
    loaded = load(elsewhere, DATA_DIR=str(folder))
    found = [loaded["DATABASE"]["NAME"], loaded["SITE_OUTPUT"], loaded["STATIC_ROOT"]]
    assert list(map(str, found)) == [str(folder / name) for name in ("lightboard.sqlite3", "site", "static")]
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert not (elsewhere / "var").exists()


@pytest.fixture
def connect(load, django_db_blocker):
    """Connect to a database of its own, as the settings say."""
    databases = {"default": load()["DATABASE"]}
    connections = []

    def connect_anew():
        connections.append(ConnectionHandler(databases)["default"])
        return connections[-1]

    with django_db_blocker.unblock():
        yield connect_anew
        for connection in connections:
            connection.close()


def test_sqlite_is_safe_and_never_blocks_reads(connect):
    cursor = connect().cursor()
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    assert {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in expected} == expected


def test_a_transaction_takes_sqlites_write_lock_when_it_begins(connect):
    connection, other = connect(), connect()
    other.cursor().execute("PRAGMA busy_timeout = 0")
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match="database is locked"):
        other.cursor().execute("BEGIN IMMEDIATE")
    connection.rollback()
    other.cursor().execute("BEGIN IMMEDIATE")


SMTP = {
    "host": "mail.example",
    "port": 587,
    "username": "ana@example.org",
    "password": "s3cret",
    "use_tls": True,
    "use_ssl": False,
    "timeout": 10,
}


@pytest.mark.parametrize(
    ("url", "backend", "options"),
    [
        ("", "dummy", {}),
        ("submission://ana%40example.org:s3cret@mail.example", "smtp", SMTP),
        ("file:///tmp/mail", "filebased", {"file_path": "tmp/mail"}),
        ("console://", "console", {}),
    ],
)
def test_mail_goes_where_email_url_says(load, url, backend, options):
    loaded = load(EMAIL_URL=url)
    mailer = loaded["MAILERS"]["default"]
    assert loaded["SENDS_MAIL"] is bool(url)
    assert (mailer["BACKEND"], mailer.get("OPTIONS", {})) == (
        f"django.core.mail.backends.{backend}.EmailBackend",
        options,
    )


def test_installations_on_one_redis_server_have_separate_channels(load):
    first, same, second = (
        load(REDIS_URL=f"redis://redis.example:6379{number}")["CHANNEL_LAYERS"]["notifications"]["CONFIG"][
            "prefix"
        ]
        for number in ("", "/0", "/1")
    )
    assert first == same != second != ""
