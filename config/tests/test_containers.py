"""The container image and deploy/compose.yaml. `make image-test` builds and runs the image."""

import re
import shutil
import subprocess

import check_jsonschema
import pytest
import yaml
from click.testing import CliRunner

from board.management.commands.serve import END_WITHIN

from .conftest import OURS, ROOT, parse_command

DEPLOY = ROOT / "deploy"
INSTANCES = ["lightboard-1", "lightboard-2", "lightboard-3"]


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def ours(services):
    """The services that run Lightboard."""
    return {name: service for name, service in services.items() if service["image"] == "lightboard"}


def check_compose(path):
    """Return what the Compose specification's schema finds."""
    return CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", "vendor.compose-spec", str(path)])


@pytest.mark.slow
def test_compose_accepts_the_file(tmp_path):
    done = check_compose(DEPLOY / "compose.yaml")
    assert done.exit_code == 0, done.output
    # And it does look.
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((DEPLOY / "compose.yaml").read_text().replace("read_only: true", "read_only: [true]"))
    assert check_compose(wrong).exit_code == 1


def test_one_process_runs_by_default_and_three_with_the_profile(services):
    profiles = {name: service.get("profiles", []) for name, service in services.items()}
    assert profiles.pop("lightboard") == []
    assert profiles == {name: ["scale"] for name in (*INSTANCES, "postgres", "redis", "nginx")}


def test_each_process_runs_an_existing_command(ours):
    for command, *options in {tuple(service.get("command", ["serve"])) for service in ours.values()}:
        parse_command(command, *options)


def test_only_the_first_instance_migrates_and_the_others_wait_for_it(ours):
    first, *others = (ours[name] for name in INSTANCES)
    assert "command" not in first
    for other in others:
        assert other["command"] == ["serve", "--no-migrate"]
        assert other["depends_on"] == {"lightboard-1": {"condition": "service_healthy"}}


def test_processes_have_no_rights_and_time_to_finish(ours):
    for service in ours.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert int(service["stop_grace_period"].removesuffix("s")) > END_WITHIN
        assert "data:/data" in service["volumes"]


def test_only_this_machine_reaches_the_published_ports(services):
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports.keys() == {"lightboard", "nginx"}
    assert all(port.startswith("127.0.0.1:") for (port,) in ports.values())


def test_the_settings_exist_and_name_postgresqls_socket(ours, load):
    for service in ours.values():
        assert service["environment"].keys() <= OURS
    url = ours["lightboard-1"]["environment"]["DATABASE_URL"]
    database = load(DATABASE_URL=url)["DATABASE"]
    found = [database[name] for name in ("HOST", "USER", "NAME")]
    assert found == ["/run/postgresql", "lightboard", "lightboard"]
    assert "postgres-socket:/run/postgresql:ro" in ours["lightboard-1"]["volumes"]


def test_nginx_knows_the_three_instances():
    text = (DEPLOY / "nginx-compose.conf").read_text()
    assert re.findall(r"^    server ([\w-]+):8000 ", text, re.MULTILINE) == INSTANCES


def containerfile():
    """Return the instructions of the last stage as [(name, arguments)]."""
    text = (DEPLOY / "Containerfile").read_text().rpartition("\nFROM ")[2].replace("\\\n", "")
    return re.findall(r"^([A-Z]+) +(.+)$", text, re.MULTILINE)


def test_the_image_is_healthy_when_it_is_ready_and_runs_as_nobody():
    instructions = containerfile()
    assert ("USER", "10001") in instructions
    assert ("VOLUME", "/data") in instructions
    assert ("STOPSIGNAL", "SIGTERM") in instructions
    (health,) = (arguments for name, arguments in instructions if name == "HEALTHCHECK")
    assert "'/readyz'" in health


def test_nothing_private_gets_into_the_image():
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert {"manage.py", "config", "uv.lock"} <= set(allowed)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(allowed) <= {line.partition("/")[0] for line in tracked.splitlines()}


@pytest.fixture
def build(tmp_path):
    """Run .ci/image with only these tools on PATH, {name: script}."""

    def run_build(tools, *options, **env):
        for name in ("basename", "dirname", "sh"):
            (tmp_path / name).symlink_to(shutil.which(name))
        for name, script in tools.items():
            (tmp_path / name).write_text(f"#!{shutil.which('sh')}\n{script}\n")
            (tmp_path / name).chmod(0o755)
        return subprocess.run(
            [ROOT / ".ci" / "image", *options],
            env={"PATH": str(tmp_path), **env},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_build


WORKS, HAS_NO_ENGINE = 'echo "${0##*/} $*"', "exit 1"


@pytest.mark.parametrize(
    ("tools", "env", "command"),
    [
        ({"docker": WORKS, "podman": WORKS}, {}, "docker build --file deploy/Containerfile --tag lightboard"),
        (
            {"docker": HAS_NO_ENGINE, "podman": WORKS},
            {},
            "podman build --file deploy/Containerfile --tag lightboard --format docker",
        ),
        (
            {"docker": WORKS, "buildah": WORKS},
            {"IMAGE_TOOL": "buildah"},
            "buildah build --file deploy/Containerfile --tag lightboard --format docker",
        ),
    ],
)
def test_an_image_is_built_with_the_first_tool_that_works_or_the_one_that_is_named(build, tools, env, command):
    done = build(tools, "--build-arg", "BASE=other", **env)
    assert (done.returncode, done.stdout) == (0, f"{command} --build-arg BASE=other .\n")


def test_a_machine_without_a_tool_says_what_to_install(build):
    done = build({"docker": HAS_NO_ENGINE})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Building an image needs docker, podman or buildah: install one of them (Debian: apt-get install buildah).\n"
    )


def test_a_named_tool_that_is_missing_is_named(build):
    done = build({"docker": WORKS}, IMAGE_TOOL="kaniko")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "IMAGE_TOOL is kaniko, which is not on PATH: install it, or set IMAGE_TOOL to docker, podman or buildah.\n"
    )
