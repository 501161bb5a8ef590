import os
import re
import signal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sitegen.__main__ import main
from sitegen.build import verify_build
from sitegen.errors import BuildError, SiteError
from sitegen.render import RenderedSite


def test_index_and_other_pages_get_their_addresses(small_site):
    small_site.write("blog/first.md", "# First\n")
    small_site.build()
    assert "<h1" in small_site.html("index.html")
    assert "About us" in small_site.html("about/index.html")
    assert "First" in small_site.html("blog/first/index.html")


def test_metadata_of_the_context_block_reaches_page_and_layout_and_is_not_shown(small_site):
    small_site.build()
    html = small_site.html("about/index.html")
    assert "<title>About us</title>" in html
    assert "<h1>About us</h1>" in html
    assert "{&quot;title" not in html
    assert '{"title"' not in html


def test_a_fragment_with_a_context_block_is_put_into_its_layout(small_site):
    small_site.write(
        "pricing.html", '{% block context %}{"plans": [1, 2]}{% endblock %}<p>{{ plans|length }} plans</p>'
    )
    small_site.build()
    assert "<p>2 plans</p>" in small_site.html("pricing/index.html")
    assert "Made here" in small_site.html("pricing/index.html")


def test_named_pages_are_built_alone(small_site):
    small_site.build("about")
    assert (small_site.output / "about/index.html").exists()
    assert not (small_site.output / "index.html").exists()


def test_building_named_pages_leaves_all_others_as_they_were(small_site):
    small_site.build()
    before = small_site.html("index.html")
    small_site.write("index.md", "# Changed\n")
    small_site.write("layouts/foot.html", "<footer>New</footer>")
    small_site.build("about")
    assert small_site.html("index.html") == before
    assert "New" in small_site.html("about/index.html")
    small_site.build()
    assert "Changed" in small_site.html("index.html")


def test_an_unknown_page_name_is_an_error_and_nothing_is_written(small_site):
    with pytest.raises(BuildError, match="there is no page “nope”"):
        small_site.build("about", "nope")
    assert not small_site.output.exists()


def test_style_sheets_are_compressed_and_carry_a_hash_of_their_content(small_site):
    small_site.build()
    address = re.search(r'href="/(static/site\.[0-9a-f]{20}\.css)"', small_site.html("index.html"))[1]
    assert small_site.html(address).startswith("body{color:red;background:url(")
    small_site.write("static/site.css", "body { color: blue }\n")
    small_site.build()
    assert address not in small_site.html("index.html")
    assert not (small_site.output / address).exists()


def test_a_page_is_rendered_for_the_path_it_is_published_under(small_site):
    small_site.build(base="/docs/")
    assert 'href="/docs/about/"' in small_site.html("index.html")
    assert 'href="/docs/static/site.' in small_site.html("index.html")


def test_the_management_command_builds_the_folder_of_the_settings(small_site, capsys):
    call_command("build", folder=small_site.folder, output=small_site.output)
    assert "Built 4 pages" in capsys.readouterr().out
    call_command("build", "about", folder=small_site.folder, output=small_site.output)
    assert "(1 rendered)" in capsys.readouterr().out


def test_the_management_command_fails_for_an_unknown_page(small_site):
    with pytest.raises(CommandError, match="there is no page “nope”"):
        call_command("build", "nope", folder=small_site.folder, output=small_site.output)


def test_the_manual_of_the_project_builds_without_a_warning(tmp_path):
    call_command("build", output=tmp_path / "site", strict=True, folder=settings.BASE_DIR / "docs")
    assert (tmp_path / "site/site-generator/index.html").exists()


def test_the_exit_status_tells_of_errors(small_site, capsys):
    arguments = ["build", str(small_site.folder), "--output", str(small_site.output)]
    assert main(arguments) == 0
    assert main([*arguments, "nope"]) == 1
    assert main(["build", str(small_site.folder / "nothing"), "--output", str(small_site.output)]) == 1
    assert "is not a folder" in capsys.readouterr().err


def test_drafts_and_future_pages_are_counted_and_named(small_site, capsys):
    small_site.write("idea.md", "---\ndraft: true\n---\n# Idea\n")
    small_site.write("soon.md", "---\ndate: 2999-01-01\n---\n# Soon\n")
    main(["build", str(small_site.folder), "--output", str(small_site.output)])
    said = capsys.readouterr().out
    assert "Left out, drafts: 1 (idea.md)" in said
    assert "Left out, dated in the future: 1 (soon.md)" in said


def test_the_report_says_what_was_built(small_site, capsys):
    main(["build", str(small_site.folder), "--output", str(small_site.output)])
    said = capsys.readouterr().out
    assert re.search(
        r"^Built 4 pages \(4 rendered\), \d+ files, [\d.]+\xa0KB in \d\.\d\d s, \d+ warnings → ", said
    )


def test_a_process_that_is_killed_fails_the_build_and_the_old_site_stays(small_site, monkeypatch):
    small_site.build()
    whole = small_site.files()
    monkeypatch.setattr("sitegen.builder.PAGES_WORTH_PROCESSES", 2)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr(RenderedSite, "render", lambda *page: os.kill(os.getpid(), signal.SIGKILL))
    small_site.write("layouts/foot.html", "<footer>New</footer>")
    with pytest.raises(SiteError, match="a process that rendered pages was killed"):
        small_site.build(processes=2)
    assert small_site.files() == whole


def test_processes_make_the_same_site_as_one(small_site, monkeypatch):
    monkeypatch.setattr("sitegen.builder.PAGES_WORTH_PROCESSES", 2)
    monkeypatch.setattr("sitegen.builder.BATCH", 2)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    for number in range(12):
        small_site.write(f"p/{number}.md", f"# Page {number}\n\n```python\nx = {number}\n```\n")
    report = small_site.build(processes=3)
    assert report.rendered == report.pages == 16
    assert verify_build(small_site.folder, small_site.output) == []
