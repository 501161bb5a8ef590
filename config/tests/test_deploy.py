"""The files of `deploy/`: systemd accepts the units, and they name existing commands and settings."""

import configparser
import re
import shutil
import subprocess
from ipaddress import IPv6Network

import pytest
from django.conf import settings

from .conftest import OURS, ROOT, parse_command

DEPLOY = ROOT / "deploy"
UNITS = ["lightboard.service", "lightboard@.service"]


@pytest.fixture(params=UNITS)
def unit(request, tmp_path):
    """A unit that runs the code in this folder."""
    path = tmp_path / request.param
    path.write_text((DEPLOY / request.param).read_text().replace("/srv/lightboard", str(ROOT)))
    return path


def service(path):
    """Return the [Service] section of a unit; of repeated names, the last."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(path)
    return parser["Service"]


def test_a_unit_runs_an_existing_command(unit):
    python, manage, step, *options = service(unit)["ExecStart"].split()
    assert (python, manage) == (f"{ROOT}/.venv/bin/python", "manage.py")
    parse_command(step, *options)


def test_both_units_have_the_same_sandbox():
    first, second = (service(DEPLOY / name) for name in UNITS)
    own = {"ExecStart", "Environment", "Type"}
    assert {name: value for name, value in first.items() if name not in own} == {
        name: value for name, value in second.items() if name not in own
    }


def test_systemd_accepts_a_unit(unit):
    # Elsewhere than on Linux there is no systemd, and nothing that could be wrong.
    if analyze := shutil.which("systemd-analyze"):
        done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_example_names_existing_settings():
    names = re.findall(r"^(?:# )?([A-Z_]+)=", (DEPLOY / "example.env").read_text(), re.MULTILINE)
    assert len(names) == 5
    assert set(names) <= OURS


def test_caddy_accepts_its_configuration():
    if caddy := shutil.which("caddy"):
        done = subprocess.run(
            [caddy, "adapt", "--config", DEPLOY / "Caddyfile"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_each_proxy_has_the_body_limits_of_the_application(name):
    limits = re.findall(r"(?:client_max_body_size|max_size) (\d)(?:m;|MB)", (DEPLOY / name).read_text())
    pages, api = (int(limit) * 1_000_000 for limit in limits)
    assert settings.PAGE_BODY_LIMIT <= pages < api
    assert api >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_nginx_limits_requests_and_connections_by_address():
    text = (DEPLOY / "nginx.conf").read_text()
    assert text.count("_zone $client_network ") == 2
    assert re.search(r"^    limit_req zone=requests ", text, re.MULTILINE)
    assert re.search(r"^    limit_conn connections ", text, re.MULTILINE)


@pytest.mark.parametrize(
    "network", ["2001:db8::", "2001:db8:0:1::", "2001:db8:1:2::", "fd00:1:0:2::", "2001:db8:1::"]
)
def test_nginx_counts_an_ipv6_network_as_one_client(network):
    addresses = [
        str(IPv6Network(f"{network}/64")[number]) for number in (1, 0xABCD, 2**20, 2**40 + 5, 2**63 + 2**17)
    ]
    patterns = re.findall(r'"~(\^.+)" ', (DEPLOY / "nginx.conf").read_text())
    patterns = [pattern.replace("?<", "?P<") for pattern in patterns]
    networks = {next(match[1] for pattern in patterns if (match := re.match(pattern, one))) for one in addresses}
    # Where a network ends in zeros, the groups of an address come with and without them.
    assert len(networks) <= 1 + network.endswith("1::")
    assert not any(re.match(pattern, "192.0.2.7") for pattern in patterns)


def test_nginx_allows_no_old_tls():
    assert re.findall(r"ssl_protocols (.+);", (DEPLOY / "nginx.conf").read_text()) == ["TLSv1.2 TLSv1.3"]
