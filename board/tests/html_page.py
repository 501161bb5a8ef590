"""Access to the HTML of a response by headings, labels, buttons and cards."""

from bs4 import BeautifulSoup
from bs4.element import Script, Tag

HTMX = {"HX-Request": "true"}


class Queries:
    """Methods to find elements by tag and attributes, and to get their visible text."""

    def all(self, tag=None, **attributes):
        """Return the descendants with this tag and these attributes.

        `data_task` stands for data-task and `class_` for class. The value True matches any value.
        """
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return self.find_all(tag or True, attrs=wanted)

    def one(self, tag=None, **attributes):
        """Return the only element that `all` finds."""
        (element,) = self.all(tag, **attributes)
        return element

    @property
    def text(self):
        return " ".join(self.get_text().split())

    def texts(self, tag=None, **attributes):
        return [element.text for element in self.all(tag, **attributes)]


class Element(Queries, Tag):
    """An element of a page."""


class Page(Queries, BeautifulSoup):
    """A parsed page or fragment. Each element is closed, and in order."""

    def __init__(self, response):
        html = response if isinstance(response, str) else response.content.decode()
        self.opened = []
        super().__init__(
            html,
            "html.parser",
            element_classes={Tag: Element},
            multi_valued_attributes=None,
            # The text of scripts is not visible. The text of templates is visible once they are shown.
            string_containers={"script": Script},
        )
        assert not self.opened, f"<{self.opened[-1]}> is not closed"
        self.is_whole = html.lower().startswith("<!doctype html>")

    def handle_starttag(self, name, *args, **options):
        self.opened.append(name)
        return super().handle_starttag(name, *args, **options)

    def handle_endtag(self, name, *args):
        """Elements without content end here too."""
        assert self.opened, f"</{name}> closes nothing"
        opened = self.opened.pop()
        assert opened == name, f"<{opened}> is closed by </{name}>"
        super().handle_endtag(name, *args)

    @property
    def heading(self):
        return self.one("h1").text

    @property
    def buttons(self):
        return self.texts("button")

    @property
    def labels(self):
        return self.texts("label")

    def field(self, label):
        """Return the form field that a label names."""
        (of,) = [element for element in self.all("label") if element.text == label]
        return self.one(id=of["for"])

    def value(self, label):
        """Return the value of the field with this label."""
        field = self.field(label)
        if field.name == "textarea":
            return field.get_text().removeprefix("\n")
        if field.name == "select":
            return next((option.text for option in field.all("option", selected=True)), None)
        return field.get("value", "")

    def error(self, label):
        """Return the error that the field with this label points at, "" when it has none."""
        ids = self.field(label).get("aria-describedby", "").split()
        return " ".join(self.one(id=id_).text for id_ in ids)

    def cards(self, column):
        """Return the names of the cards in a column, from top to bottom."""
        cards = self.one("section", data_column=column).all("li", data_task=True)
        return [card.all("a")[0].text for card in cards]
