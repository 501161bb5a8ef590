"""Attributes in braces, as in Hugo (`{#id .class}`), and in MkDocs and Jekyll (`{: .class}`).

They stand at the end of a heading, in the last line of a block or below it, or behind a link, picture or code.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.attrs.parse import ParseError, parse

LIST = r"\{:?[ \t]*((?:[#.][\w:-]|[\w:-]+=)[^{}\n]*)\}"
IN_HEADING = re.compile(rf"[ \t]*{LIST}[ \t]*$")
LAST_LINE = re.compile(rf"(?:^|\n)[ \t]*{LIST}[ \t]*$")
INLINE = re.compile(LIST)
BARE_VALUE = re.compile(r"""=(?:'([^']*)'|([^\s"']+))""")
QUOTED = r'="\1\2"'
BEFORE = ("image", "link_close", "code_inline")


def attribute_lists_plugin(markdown: MarkdownIt) -> None:
    markdown.core.ruler.after("block", "attribute_lists", block_attributes)
    markdown.inline.ruler.push("attribute_lists", inline_attributes)


def block_attributes(state: StateCore) -> None:
    """Move the attributes of headings and blocks from their text to their elements."""
    empty = []
    for index, token in enumerate(state.tokens):
        if token.type != "inline" or not token.content.rstrip().endswith("}"):
            continue
        opening = state.tokens[index - 1]
        if opening.type == "td_open" and (match := LAST_LINE.fullmatch(token.content)):
            empty += row_of_attributes(state.tokens, index, match[1])
        pattern = IN_HEADING if opening.type == "heading_open" else LAST_LINE
        match = pattern.search(token.content)
        if not match or opening.type not in ("heading_open", "paragraph_open"):
            continue
        rest = token.content[: match.start()]
        target = opening if rest else preceding(state.tokens, index - 1)
        if opening.hidden and rest:  # the last item of a list
            target = parent(state.tokens, index - 1, 2)
        if target and add_attributes(target, match[1]):
            token.content = rest
            empty += [] if rest else [index - 1, index, index + 1]
    state.tokens[:] = [token for index, token in enumerate(state.tokens) if index not in empty]


def row_of_attributes(tokens: list[Token], index: int, text: str) -> list[int]:
    """Give a table the attributes that are below it, which is read as a row; return the places of the row's tokens."""
    end = next(place for place in range(index, len(tokens)) if tokens[place].type == "tr_close")
    row = range(index - 2, end + 1)
    is_alone = tokens[index - 2].type == "tr_open" and not any(
        tokens[place].content for place in row if place != index
    )
    table = next(token for token in reversed(tokens[:index]) if token.type == "table_open")
    return list(row) if is_alone and add_attributes(table, text) else []


def preceding(tokens: list[Token], index: int) -> Token | None:
    """Return the token that opens the block before the one at `index`, if there is one beside it."""
    level = tokens[index].level
    before = index - 1
    while before >= 0 and tokens[before].level > level:
        before -= 1
    if before < 0 or tokens[before].level < level:
        return None
    while tokens[before].nesting == -1 or tokens[before].level > level:
        before -= 1
        if tokens[before].nesting == 1 and tokens[before].level == level:
            break
    return tokens[before]


def parent(tokens: list[Token], index: int, levels: int) -> Token:
    """Return the token that opens what the block at `index` is in, so many levels up."""
    level = tokens[index].level - levels
    return next(token for token in reversed(tokens[:index]) if token.level == level and token.nesting == 1)


def inline_attributes(state: StateInline, silent: bool) -> bool:
    if state.pending or not state.tokens or state.tokens[-1].type not in BEFORE:
        return False
    match = INLINE.match(state.src, state.pos)
    if not match:
        return False
    target = state.tokens[-1]
    if target.type == "link_close":
        target = next(token for token in reversed(state.tokens) if token.type == "link_open")
    if not add_attributes(target, match[1]):
        return False
    state.pos = match.end()
    return True


def add_attributes(token: Token, text: str) -> bool:
    """Add the attributes that a text lists; returns whether it lists any."""
    try:
        _, attributes = parse(f"{{{BARE_VALUE.sub(QUOTED, text)}}}")
    except ParseError:
        return False
    for name, value in attributes.items():
        if name == "class":
            token.attrJoin(name, value)
        else:
            token.attrSet(name, value)
    return True
