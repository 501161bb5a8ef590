"""Variables that are not there are warned about, with the line they are in."""

import pytest

from sitegen.errors import BuildError


def warnings(site):
    return [str(warning) for warning in site.build().warnings if "to show" in str(warning)]


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("a.md", "---\ntitle: A\n---\nSay {{ name }} here\n", "a.md:4: there is no “name” to show"),
        ("a.md", "# A\n\n| {{ pgae.title }} |\n|---|\n", "a.md:3: there is no “pgae.title”"),
        ("a.md", "# A\n\n{{ site.baseurl }}\n", "a.md:3: there is no “site.baseurl”"),
        ("a.md", "# A\n\n{{ page.titel|upper }}\n", "a.md:3: there is no “page.titel”"),
        ("a.html", "---\nx: 1\n---\n<p>\n{{ y }}</p>", "a.html:5: there is no “y”"),
        (
            "a.md",
            "# A\n\n{% for x in site.colections.blog %}x{% endfor %}\n",
            "a.md:3: there is no “site.colections.blog”",
        ),
        (
            "layouts/page.html",
            "<title>x</title>\n{{ content }}{{ sidebar }}",
            "layouts/page.html:2: there is no “sidebar”",
        ),
    ],
)
def test_it_warns_with_the_line(site, path, content, said):
    site.write("index.md", "# Home\n")
    site.write(path, content)
    [warning] = dict.fromkeys(warnings(site))
    assert said in warning
    assert "template: false" in warning
    with pytest.raises(BuildError, match="to show"):
        site.build(strict=True)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.md", "{{ subtitle|default:'none' }}\n"),
        ("a.md", "{% if subtitle %}{{ subtitle }}{% endif %}\n"),
        ("a.md", "---\ntemplate: false\n---\n{{ name }}\n"),
        ("a.md", "{% verbatim %}{{ name }}{% endverbatim %}\n"),
        ("a.md", "`{{ name }}`\n"),
        ("a.md", "{% firstof name 'none' %}\n"),
        ("a.md", "{% for p in site.pages %}{{ p.description }}{{ p.author }}{% endfor %}\n"),
        (
            "layouts/page.html",
            "<title>{{ page.title }}</title>{{ page.author }}{{ author }}{{ page.previous.title }}{{ content }}",
        ),
    ],
)
def test_what_may_be_missing_is_no_warning(site, path, content):
    site.write("index.md", "---\nauthor: Alex\n---\n# Home\n")
    site.write(path, content)
    assert warnings(site) == []


def test_a_warning_goes_once_another_page_has_the_name(site):
    site.write("layouts/page.html", "<title>x</title>{{ page.reviewer }}{{ content }}")
    site.write("a.md", "# A\n")
    assert len(dict.fromkeys(warnings(site))) == 1
    site.write("b.md", "---\nreviewer: Alex\n---\n")
    assert warnings(site) == []
