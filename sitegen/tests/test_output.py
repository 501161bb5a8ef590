"""The output is only ever ours, and only ever whole."""

import os
import random
import shutil
import signal
import sys
import threading
from pathlib import Path

import pytest

from sitegen import workspace as workspace_module
from sitegen.build import contents, verify_build
from sitegen.errors import BuildError, SiteError

POINTS = 12


@pytest.mark.parametrize("choose", ["root", "home", "here", "above", "pages", "parent", "inside"])
def test_a_folder_that_is_more_than_a_site_is_refused(site, tmp_path, monkeypatch, choose):
    (tmp_path / "work/deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work/deep")
    site.write("index.md", "# Home\n")
    places = {
        "root": "/",
        "home": Path.home(),
        "here": tmp_path / "work/deep",
        "above": tmp_path / "work",
        "pages": site.folder,
        "parent": site.folder.parent,
        "inside": site.folder / "public",
    }
    site.output = Path(places[choose])
    with pytest.raises(SiteError, match=r"is not a folder to build into|is among the pages"):
        site.build()
    assert (site.folder / "index.md").exists()


def test_a_folder_with_files_of_others_is_refused_and_left_alone(site):
    site.write("index.md", "# Home\n")
    site.output.mkdir()
    (site.output / "thesis.txt").write_text("years of work")
    with pytest.raises(SiteError, match="has files that no build of ours has made"):
        site.build()
    assert (site.output / "thesis.txt").read_text() == "years of work"


def test_a_link_is_refused_as_output(site, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    site.output.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SiteError, match="is a link"):
        site.build()


def test_an_empty_folder_and_a_hidden_one_among_the_pages_are_fine(site):
    site.write("index.md", "# Home\n")
    site.output = site.folder / "_site"
    site.output.mkdir()
    site.build()
    assert "Home" in site.html("index.html")
    assert site.build().rendered == 0


def test_a_build_that_fails_leaves_the_old_site_whole(small_site):
    small_site.build()
    whole = small_site.files()
    small_site.write("index.md", "# New\n")
    small_site.write("static/site.css", "b{}")
    small_site.write("about.html", "{% nonsense %}")
    with pytest.raises(BuildError):
        small_site.build()
    assert small_site.files() == whole
    small_site.write("about.html", "<h1>Mended</h1>")
    small_site.build()
    assert verify_build(small_site.folder, small_site.output) == []


def test_an_error_page_is_never_published(small_site):
    small_site.build()
    whole = small_site.files()
    small_site.write("picture.html", "{% placeholder 5000 5000 %}")
    with pytest.raises(BuildError, match="picture"):
        small_site.build()
    assert small_site.files() == whole


def test_two_builds_at_once_do_not_mix(small_site, tmp_path):
    for number in range(20):
        small_site.write(f"p{number}.md", f"# Page {number}\n")
    errors = []

    def build():
        try:
            small_site.build()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    together = small_site.files()
    small_site.output = tmp_path / "alone"
    small_site.build()
    assert small_site.files() == together


def test_what_is_the_same_is_linked_and_not_written_again(small_site):
    small_site.build()
    inode = (small_site.output / "about/index.html").stat().st_ino
    for number in range(3):
        small_site.write("index.md", f"# Edit {number}\n")
        small_site.build()
        assert (small_site.output / "about/index.html").stat().st_ino == inode
        assert verify_build(small_site.folder, small_site.output) == []


def test_what_a_killed_build_left_is_not_used(small_site):
    small_site.build()
    stage = small_site.output.parent / ".public.sitegen/next"
    (stage / "about").mkdir(parents=True)
    (stage / "junk.html").write_text("junk")
    (stage / "about/index.html").write_text("old")
    small_site.write("index.md", "# Edited\n")
    small_site.build()
    assert verify_build(small_site.folder, small_site.output) == []


def test_a_file_becomes_a_folder_and_a_folder_a_file(small_site):
    # Twice each, so that the stage, the output before the last, has the other kind too.
    for number, old in enumerate(["/old.html", "/old.html", "/old.html/", "/old.html/", "/old.html"]):
        small_site.write("a.md", f"---\nredirect_from: [{old}]\n---\n# A {number}\n")
        small_site.build()
        assert (small_site.output / "old.html").is_dir() == old.endswith("/")
        assert verify_build(small_site.folder, small_site.output) == []


class Killer:
    """Kills its process at the nth step that changes or reads the file system."""

    STEPS = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.scandir", "ctypes.dlsym"}

    def __init__(self, at):
        self.at, self.count = at, 0
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if event in self.STEPS:
            self.count += 1
            if self.count == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


def build_in_a_child(site, kill_at):
    """Build in a forked process that is killed at this step; return its status and how many steps it took."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        killer = Killer(kill_at)
        site.build(processes=1)
        os.write(writer, str(killer.count).encode())
        os._exit(0)
    os.close(writer)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(reader) as pipe:
        return status, int(pipe.read() or 0)


@pytest.mark.slow
@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_build_killed_anywhere_leaves_the_old_site_or_the_new_one(
    small_site, tmp_path, monkeypatch, can_exchange
):
    if not can_exchange:
        monkeypatch.setattr(workspace_module, "exchange", lambda one, other: False)
    small_site.build()
    small_site.write("old.md", "# Old\n")
    small_site.build()
    old = small_site.files()
    folders = [small_site.output, small_site.output.parent / ".public.sitegen"]
    for folder in folders:
        shutil.copytree(folder, tmp_path / "saved" / folder.name)

    def restore():
        for folder in folders:
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / "saved" / folder.name, folder)

    small_site.write("layouts/foot.html", "<footer>New</footer>")
    small_site.write("static/site.css", "b{}")
    small_site.write("new.md", "# New\n")
    small_site.remove("old.md")
    restore()
    status, steps = build_in_a_child(small_site, kill_at=0)
    assert status == 0
    new = small_site.files()
    assert new != old
    outcomes = set()
    # Little is left to do once the new site is in place: the last step is always among the points.
    for point in [*random.Random(7).sample(range(1, steps), POINTS - 1), steps]:
        restore()
        status, _ = build_in_a_child(small_site, kill_at=point)
        assert status == signal.SIGKILL
        left = contents(small_site.output)
        assert left in ([old, new] if can_exchange else [old, new, {}])
        outcomes.add(left == new)
        small_site.build()
        assert small_site.files() == new
    assert outcomes == {True, False}
