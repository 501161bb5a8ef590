"""Every visible string is translated, and every date has the language's format. `make messages` updates the catalogues."""

import ast
import gettext
import re
import subprocess
from html.parser import HTMLParser
from importlib import import_module

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = settings.BASE_DIR
OTHERS = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# The product's name and keys of the keyboard.
SAME_EVERYWHERE = {"Lightboard", "m", "a", "d", "n", "r", "x", "e"}
# Attributes of an element, without texts.
APART = ["open_card.html"]
TEMPLATES = [
    path
    for folder in ("board", "registration", "api", "")
    for path in sorted((ROOT / "templates" / folder).glob("*.html"))
    if path.name not in APART
]


def catalogue(language, ending):
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django.{ending}"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def entries(path):
    return [line for line in path.read_text().splitlines() if not line.startswith("#:")]


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_has_exactly_the_strings_of_the_code(language, tmp_path, settings, monkeypatch):
    kept = catalogue(language, "po")
    fresh = tmp_path / language / "LC_MESSAGES" / "django.po"
    fresh.parent.mkdir(parents=True)
    fresh.write_bytes(kept.read_bytes())
    settings.LOCALE_PATHS = [tmp_path]
    monkeypatch.chdir(ROOT)
    call_command("makemessages", verbosity=0)
    assert entries(fresh) == entries(kept), "run make messages"


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("fault", ["--untranslated", "--only-fuzzy", "--only-obsolete"])
def test_every_string_is_translated(language, fault):
    assert run("msgattrib", fault, "--no-wrap", catalogue(language, "po")) == ""


@pytest.mark.parametrize("language", OTHERS)
def test_translations_have_the_same_placeholders_and_elements(language, tmp_path):
    run("msgfmt", "--check", "--output-file", tmp_path / "checked.mo", catalogue(language, "po"))
    for text, translation in read(tmp_path / "checked.mo").items():
        key = text[0] if isinstance(text, tuple) else text.rpartition("\x04")[2]
        for pattern in (r"%\(\w+\)s", r"<[^>]+>"):
            assert set(re.findall(pattern, translation)) == set(re.findall(pattern, key)), text
        assert translation.count("\n") == key.count("\n"), text


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_up_to_date(language, tmp_path):
    run("msgfmt", "--output-file", tmp_path / "fresh.mo", catalogue(language, "po"))
    assert read(catalogue(language, "mo")) == read(tmp_path / "fresh.mo"), "run make messages"


def read(path):
    """Return the texts of a compiled catalogue, without its header."""
    with path.open("rb") as file:
        texts = dict(gettext.GNUTranslations(file)._catalog)
    del texts[""]
    return texts


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_defines_all_date_formats(language):
    english, other = (vars(import_module(f"config.formats.{code}.formats")) for code in ("en", language))
    assert {name for name in english if name.isupper()} == {name for name in other if name.isupper()}


def test_templates_use_named_date_formats():
    formats = vars(import_module("config.formats.en.formats"))
    with_year = {name for name, text in formats.items() if name.isupper() and "Y" in text}
    for path in TEMPLATES:
        for _quote, name in re.findall(r"\|date:(['\"])(.*?)\1", path.read_text()):
            assert name in with_year | {"c", "Y-m-d", "CLOCK"}, path
        for _quote, name in re.findall(r"\|when:(['\"])(.*?)\1", path.read_text()):
            assert {name, f"{name}_AND_YEAR"} <= formats.keys(), path


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_untranslated_words(path):
    assert words_left(path.read_text()) - SAME_EVERYWHERE == set()


def test_untranslated_words_are_found():
    html = """{% translate "a" %}<p title="b{{ c }}">d {% if e %}f{% endif %}</p>
        {% blocktranslate %}g <i>h</i>{% endblocktranslate %}{# i #}<b class="j">·</b>{{ k|default:"l" }}"""
    assert words_left(html) == {"b", "d", "f", "l"}


class Words(HTMLParser):
    """Collects the words of texts, and of attributes that are shown or read out."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("alt", "aria-label", "placeholder", "title"):
                self.handle_data(value)

    def handle_data(self, text):
        self.found.update(re.findall(r"[^\W\d_]+", text or ""))


def words_left(template):
    """Return the untranslated words of a template."""
    template = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", template, flags=re.DOTALL)
    template = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", template, flags=re.DOTALL)
    # What a filter puts in the place of nothing is a word, too, and so is what an include is given.
    spare = re.findall(r'\|default:"([^"]*)"', template) + re.findall(r'{% include [^%]* \w+="([^"]*)"', template)
    html = re.sub(r"{[{%].*?[%}]}", "", template, flags=re.DOTALL)
    return Words(html).found | set(re.findall(r"[^\W\d_]+", " ".join(spare)))


# What people are told through these, in the modules of the pages; what the API alone says is English.
TELLING = {"ValidationError", "PermissionDenied", "Http404", "success", "warning", "error"}
LABELS = {"label", "empty_label", "verbose_name"}
PAGES = [
    *(
        path
        for path in sorted((ROOT / "board").rglob("*.py"))
        if path.name not in ("integrity.py", "backup.py")
        and not {"tests", "migrations", "management"} & set(path.parts)
    ),
    *(ROOT / "api" / f"{name}.py" for name in ("forms", "models", "pages", "ssrf")),
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_shows_untranslated_text(path):
    assert told(path.read_text()) == []


def test_untranslated_text_is_found():
    code = """
raise ValidationError("a")
raise ValidationError({"name": f"b{c}"})
messages.success(request, "d" + e)
forms.CharField(label="f")
raise ValidationError(gettext("g %(h)s") % {"h": 1})
logger.error("i")
"""
    assert told(code) == ["a", "b", "d", "f"]


def told(code):
    """Return the literal texts that a module shows untranslated."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    texts = []
    for call in calls:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        is_log = ast.unparse(call.func).startswith("logger.")
        given = call.args if name in TELLING and not is_log else []
        given = [*given, *(word.value for word in call.keywords if word.arg in LABELS)]
        texts += [text for value in given for text in literals(value)]
    return texts


def literals(value):
    """Yield the texts in an expression itself, but not in the arguments of calls."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Dict):
        for part in value.values:
            yield from literals(part)
    elif isinstance(value, ast.JoinedStr | ast.BinOp | ast.List):
        for part in ast.iter_child_nodes(value):
            yield from literals(part)
