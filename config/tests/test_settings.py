"""Settings from the environment, and the sentence that refuses an invalid one."""

import runpy
import shutil
import stat

import pytest

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
def refusal(monkeypatch, tmp_path):
    """Return the message with which the settings refuse these variables."""

    def refuse(**variables):
        defaults = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}"}
        for name in OURS:
            monkeypatch.delenv(name, raising=False)
        for name, value in (defaults | variables).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(ROOT / "config" / "settings.py"))
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


def test_valid_values_start(run, tmp_path):
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
    done = run("manage.py", "check", **values)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "public", [{"HOST": "0.0.0.0"}, {"ALLOWED_HOSTS": "board.example"}, {"SITE_URL": "https://board.example"}]
)
def test_debug_does_not_start_where_others_could_see_it(refusal, public):
    sentence = refusal(DEBUG="1", **public)
    assert sentence.startswith('Lightboard cannot start: Environment variable "DEBUG" invalid: ')


def test_debug_starts_on_this_machine_only(run):
    done = run("manage.py", "check", DEBUG="1")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_deployment_check_finds_nothing_behind_https(run):
    check = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = run(*check, SITE_URL="https://board.example", SECRET_KEY=KEY)
    assert (done.returncode, done.stderr) == (0, "")
    # And it does look: without HTTPS it complains about cookies and more.
    assert "security.W012" in run(*check, SECRET_KEY=KEY).stderr


SHOW_HTTPS = """
import re
from django.conf import settings
names = "SECURE_PROXY_SSL_HEADER SECURE_SSL_REDIRECT SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE"
for name in names.split():
    print(re.sub("_[0-9a-f]{8}$", "_ID", str(getattr(settings, name))))
print("board.example" in settings.ALLOWED_HOSTS, *settings.CSRF_TRUSTED_ORIGINS)
"""


def test_an_https_address_makes_everything_secure_and_an_http_one_trusts_no_header(run):
    shown = {
        scheme: run("-c", IN_DJANGO + SHOW_HTTPS, SITE_URL=f"{scheme}://board.example").stdout.splitlines()
        for scheme in ("https", "http")
    }
    proxy = "('HTTP_X_FORWARDED_PROTO', 'https')"
    assert shown["https"] == [
        *(proxy, "True", "__Host-lightboard_session_ID", "__Host-lightboard_csrf_ID", "True"),
        "True https://board.example",
    ]
    cookies = ["lightboard_session_ID", "lightboard_csrf_ID"]
    assert shown["http"] == ["None", "False", *cookies, "False", "True http://board.example"]


@pytest.mark.parametrize("script_name", ["", "/board"])
def test_a_probe_is_not_redirected_to_https(run, script_name):
    script = (
        IN_DJANGO
        + "from django.test import Client; print(Client(HTTP_HOST='board.example').get('/healthz').status_code)"
    )
    said = run("-c", script, SITE_URL="https://board.example", FORCE_SCRIPT_NAME=script_name)
    assert said.stdout == "200\n", said.stderr


def test_a_command_imports_no_servers_and_no_unused_libraries(run):
    script = IN_DJANGO + (
        "import sys, config.urls\n"
        "print(sorted({'autobahn', 'daphne', 'httpx', 'redis', 'twisted'} & sys.modules.keys()))"
    )
    assert run("-c", script).stdout == "[]\n"


@pytest.fixture
def elsewhere(tmp_path):
    """An installation with nothing but its settings."""
    for name in (
        "config/__init__.py",
        "config/settings.py",
        "config/validators.py",
        "board/__init__.py",
        "board/ops/hosts.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


SHOW_KEY = "from config.settings import SECRET_KEY; print(SECRET_KEY)"


def test_a_secret_key_is_generated_once_and_private_to_its_owner(run, elsewhere):
    first, second = (run("-c", SHOW_KEY, cwd=elsewhere) for _ in range(2))
    path = elsewhere / "var" / "secret_key"
    assert (first.stderr, second.stderr) == ("", "")
    assert len(first.stdout.strip()) >= 50
    assert first.stdout == second.stdout == path.read_text() + "\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("rights_before", [None, 0o755])
def test_the_data_folder_is_private_to_its_owner(run, elsewhere, rights_before):
    folder = elsewhere / "var"
    if rights_before:
        folder.mkdir(rights_before)
    assert run("-c", "import os; os.umask(0); import config.settings", cwd=elsewhere).stderr == ""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_each_installation_has_its_own_key(run, elsewhere, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(elsewhere, other, dirs_exist_ok=True)
    assert run("-c", SHOW_KEY, cwd=elsewhere).stdout != run("-c", SHOW_KEY, cwd=other).stdout


def test_a_secret_key_from_the_environment_replaces_the_generated_one(run, elsewhere):
    assert run("-c", SHOW_KEY, cwd=elsewhere, SECRET_KEY=KEY).stdout == f"{KEY}\n"
    assert not (elsewhere / "var" / "secret_key").exists()


def test_the_environment_overrides_the_env_file(run, elsewhere):
    (elsewhere / ".env").write_text("PORT=8001\nHOST=0.0.0.0\n")
    show = "from config.settings import HOST, PORT; print(HOST, PORT)"
    assert run("-c", show, cwd=elsewhere, PORT="8002").stdout == "0.0.0.0 8002\n"


def test_the_default_database_has_its_folder(run, elsewhere):
    show = "from config import settings as s; print(s.DATABASE['NAME'])"
    done = run("-c", f"import os; del os.environ['DATABASE_URL']; {show}", cwd=elsewhere, SECRET_KEY=KEY)
    assert done.stdout.strip() == str(elsewhere / "var" / "lightboard.sqlite3")
    assert (elsewhere / "var").is_dir()


def test_the_data_folder_can_be_elsewhere(run, elsewhere, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "lightboard"
    show = (
        "import os; del os.environ['DATABASE_URL']; from config import settings as s\n"
        "print(s.DATABASE['NAME'], s.SITE_OUTPUT, s.STATIC_ROOT)"
    )
    done = run("-c", show, cwd=elsewhere, DATA_DIR=str(folder))
    assert done.stdout.split() == [str(folder / name) for name in ("lightboard.sqlite3", "site", "static")]
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert not (elsewhere / "var").exists()


def test_sqlite_is_safe_and_never_blocks_reads(run):
    script = IN_DJANGO + (
        "from django.db import connection\n"
        "for name in ('journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'):\n"
        "    print(name, connection.cursor().execute(f'PRAGMA {name}').fetchone()[0])\n"
    )
    done = run("-c", script)
    assert done.stderr == ""
    assert done.stdout.split("\n")[:-1] == [
        "journal_mode wal",
        "synchronous 2",
        "foreign_keys 1",
        "busy_timeout 5000",
    ]


def test_a_transaction_takes_sqlites_write_lock_when_it_begins(run):
    script = IN_DJANGO + (
        "import sqlite3\n"
        "from django.db import connection, transaction\n"
        "connection.ensure_connection()\n"
        "other = sqlite3.connect(connection.settings_dict['NAME'], timeout=0)\n"
        "with transaction.atomic():\n"
        "    try: other.execute('BEGIN IMMEDIATE')\n"
        "    except sqlite3.OperationalError as error: print(error)\n"
        "other.execute('BEGIN IMMEDIATE')\n"
    )
    done = run("-c", script)
    assert (done.stdout, done.stderr) == ("database is locked\n", "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "False dummy {}"),
        (
            "submission://ana%40example.org:s3cret@mail.example",
            "True smtp {'host': 'mail.example', 'port': 587, 'username': 'ana@example.org', 'password': 's3cret', "
            "'use_tls': True, 'use_ssl': False, 'timeout': 10}",
        ),
        ("file:///tmp/mail", "True filebased {'file_path': 'tmp/mail'}"),
        ("console://", "True console {}"),
    ],
)
def test_mail_goes_where_email_url_says(run, url, shown):
    show = (
        "from config.settings import MAILERS, SENDS_MAIL\n"
        "mailer = MAILERS['default']\n"
        "print(SENDS_MAIL, mailer['BACKEND'].split('.')[-2], mailer.get('OPTIONS', {}))"
    )
    assert run("-c", show, EMAIL_URL=url).stdout.strip() == shown


def test_installations_on_one_redis_server_have_separate_channels(run):
    show = "from config.settings import CHANNEL_LAYERS; print(CHANNEL_LAYERS['notifications']['CONFIG']['prefix'])"
    first, same, second = (
        run("-c", show, REDIS_URL=f"redis://redis.example:6379{number}").stdout for number in ("", "/0", "/1")
    )
    assert first == same != second != ""
