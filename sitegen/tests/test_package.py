"""The generator as a package of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv

import pytest
from django.conf import settings


@pytest.mark.slow
def test_it_is_built_and_installed_and_has_a_command(small_site, tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path / "wheels"]
    subprocess.run(build, cwd=settings.BASE_DIR / "sitegen", check=True, capture_output=True)
    [wheel] = (tmp_path / "wheels").iterdir()
    venv.create(tmp_path / "venv")
    uv = shutil.which("uv") or settings.BASE_DIR / "var/uv/bin/uv"
    install = [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", tmp_path / "venv", wheel]
    subprocess.run(install, check=True, capture_output=True)
    # What it depends on is here already.
    environment = os.environ | {"PYTHONPATH": sysconfig.get_path("purelib")}
    command = [tmp_path / "venv/bin/sitegen", "build", small_site.folder, "--output", small_site.output]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Made here" in small_site.html("index.html")
    assert "Page not found" in small_site.html("404.html")
    assert not list((tmp_path / "venv").glob("lib/*/site-packages/sitegen/tests"))
