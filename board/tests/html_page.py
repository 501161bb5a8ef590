"""Reads an answer as a person does: by headings, labels, texts of buttons, cards from the topmost down."""

from html.parser import HTMLParser

from django.utils.html import VOID_ELEMENTS

HTMX = {"HX-Request": "true"}


class Element:
    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = attributes
        self.children = []

    def __getitem__(self, attribute):
        return self.attributes[attribute]

    def walk(self):
        """Give the element and all that is in it, in order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag=None, **attributes):
        """Return the elements in this one with this tag and these attributes.

        `data_task` is data-task, `class_` is class; the value True stands for any.
        """
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if tag in (None, element.tag)
            and all(
                name in element.attributes and value in (True, element[name]) for name, value in wanted.items()
            )
        ]

    def one(self, tag=None, **attributes):
        """Return the element that `all` finds; it has to be exactly one."""
        (element,) = self.all(tag, **attributes)
        return element

    @property
    def raw_text(self):
        # Nobody reads what is in a script.
        parts = (child for child in self.children if isinstance(child, str) or child.tag != "script")
        return "".join(part if isinstance(part, str) else part.raw_text for part in parts)

    @property
    def text(self):
        return " ".join(self.raw_text.split())

    def texts(self, tag=None, **attributes):
        return [element.text for element in self.all(tag, **attributes)]


class Page(HTMLParser):
    """An answer, or a piece of HTML. Refuses tags that do not match."""

    def __init__(self, answer):
        super().__init__()
        html = answer if isinstance(answer, str) else answer.content.decode()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(html)
        self.close()
        assert self._open == [self.root], f"<{self._open[-1].tag}> is not closed"
        self.is_whole = html.lower().startswith("<!doctype html>")
        self.all, self.one, self.texts = self.root.all, self.root.one, self.root.texts

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self._open[-1].children.append(element)
        if tag not in VOID_ELEMENTS:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self._open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open[-1].tag == tag, f"<{self._open[-1].tag}> is closed by </{tag}>"
        self._open.pop()

    def handle_data(self, data):
        self._open[-1].children.append(data)

    @property
    def text(self):
        return self.root.text

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
        """Return what stands in the field with this label."""
        field = self.field(label)
        if field.tag == "textarea":
            return field.raw_text.removeprefix("\n")
        if field.tag == "select":
            return next((option.text for option in field.all("option", selected=True)), None)
        return field.attributes.get("value", "")

    def error(self, label):
        """Return the error that the field with this label points at, "" when it has none."""
        ids = self.field(label).attributes.get("aria-describedby", "").split()
        return " ".join(self.one(id=id_).text for id_ in ids)

    def cards(self, column):
        """Return the names on the cards of a column, from the topmost down."""
        cards = self.one("section", data_column=column).all("li", data_task=True)
        return [card.all("a")[0].text for card in cards]
