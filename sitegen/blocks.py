"""Markdown of MkDocs, Hugo and Jekyll that markdown-it has no plugin for: attributes, admonitions, tabs, contents."""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

TOC = "<!--table of contents-->"
# `{#id .class name=value}`, as in Hugo, or with a colon, as in MkDocs and Jekyll.
ATTRIBUTES = r"\{:?[ \t]*((?:[#.][\w:-]|[\w:-]+=)[^{}\n]*)\}"
ATTRIBUTE = re.compile(r"""#(?P<id>[\w:-]+)|\.(?P<class>[\w:-]+)|([\w:-]+)=(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
IN_HEADING = re.compile(rf"[ \t]*{ATTRIBUTES}[ \t]*$")
LINE_OF_ATTRIBUTES = re.compile(rf"{ATTRIBUTES}[ \t]*")
BEHIND = re.compile(ATTRIBUTES)
# `!!! note "Title"`, `??? note`, which folds, `???+ note`, which is open, and `=== "Name"`, a tab.
OPENING = re.compile(r'(!!!|\?\?\?\+?) ?([\w-]+(?: +[\w-]+)*)(?: +"(.*)")?[ \t]*|===[+!]?[ \t]+"([^"]+)"[ \t]*')


def author_blocks_plugin(markdown: MarkdownIt) -> None:
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("fence", "attributes", attributes_below, interrupts)
    markdown.block.ruler.before("fence", "indented", indented_block, interrupts)
    markdown.core.ruler.after("block", "heading_attributes", attributes_in_headings)
    markdown.inline.ruler.push("attributes", attributes_behind)
    markdown.core.ruler.push("contents", contents)


def line_at(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


# Attributes


def attributes_below(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Give the attributes of a line of their own to the block above, or to the list whose last item is above."""
    match = LINE_OF_ATTRIBUTES.fullmatch(line_at(state, start))
    if not match or state.is_code_block(start):
        return False
    if silent:
        return True
    target = block_above(state.tokens, state.level - 2 if state.parentType == "list" else state.level)
    if not target:
        return False
    add_attributes(target, match[1])
    state.line = start + 1
    return True


def block_above(tokens: list[Token], level: int) -> Token | None:
    """Return the token that opens the last block at this level, if nothing above that level is between."""
    for token in reversed(tokens):
        if token.level < level:
            return None
        if token.level == level and token.nesting >= 0:
            return token
    return None


def attributes_in_headings(state: StateCore) -> None:
    for opening, text in pairwise(state.tokens):
        if opening.type == "heading_open" and (match := IN_HEADING.search(text.content)):
            add_attributes(opening, match[1])
            text.content = text.content[: match.start()]


def attributes_behind(state: StateInline, silent: bool) -> bool:
    """Give attributes to the link, picture or code that they are right behind."""
    if state.pending or not state.tokens or state.tokens[-1].type not in ("image", "link_close", "code_inline"):
        return False
    match = BEHIND.match(state.src, state.pos)
    if not match:
        return False
    end = state.tokens[-1]
    add_attributes(end if end.nesting == 0 else link_opening(state.tokens), match[1])
    state.pos = match.end()
    return True


def link_opening(tokens: list[Token]) -> Token:
    return next(token for token in reversed(tokens) if token.type == "link_open")


def add_attributes(token: Token, text: str) -> None:
    for match in ATTRIBUTE.finditer(text):
        if match["class"]:
            token.attrJoin("class", match["class"])
        else:
            token.attrSet(match[3] or "id", match["id"] or match[4] or match[5] or match[6] or "")


# Admonitions and tabs


def indented_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse an admonition, or a tab, which becomes a section with a heading, and the indented text below."""
    match = OPENING.fullmatch(line_at(state, start))
    if not match or state.is_code_block(start):
        return False
    if silent:
        return True
    tag = "details" if match[0].startswith("???") else "div"
    opening = state.push("indented_open", tag, 1)
    if match[4]:
        opening.attrs = {"class": "tab"}
        push_title(state, f"h{min(6, heading_level(state) + 1)}", match[4], "heading")
    else:
        opening.attrs = {"class": f"admonition {match[2].lower()}"}
        if match[1] == "???+":
            opening.attrSet("open", "")
        if title := match[2].split()[0].capitalize() if match[3] is None else match[3]:
            push_title(state, "summary" if tag == "details" else "p", title, "admonition_title")
    parse_indented(state, start + 1, end)
    state.push("indented_close", tag, -1)
    return True


def heading_level(state: StateBlock) -> int:
    """Return the level of the last heading that is none of a tab."""
    levels = [int(token.tag[1]) for token in state.tokens if token.type == "heading_open" and not token.info]
    return levels[-1] if levels else 1


def push_title(state: StateBlock, tag: str, text: str, kind: str) -> None:
    opening = state.push(f"{kind}_open", tag, 1)
    if kind == "heading":
        opening.info = "tab"
    else:
        opening.attrs = {"class": "admonition-title"}
    inline = state.push("inline", "", 0)
    inline.content, inline.children = text, []
    state.push(f"{kind}_close", tag, -1)


def parse_indented(state: StateBlock, start: int, end: int) -> None:
    """Parse the lines that are indented by four more than the block, and the empty lines among them."""
    indent, line, last = state.blkIndent + 4, start, start
    while line < end and (state.isEmpty(line) or state.sCount[line] >= indent):
        line += 1
        last = last if state.isEmpty(line - 1) else line
    before = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax, state.blkIndent = "admonition", last, indent
    state.md.block.tokenize(state, start, last)
    state.parentType, state.lineMax, state.blkIndent = before
    state.line = last


# Contents


def contents(state: StateCore) -> None:
    """Put a mark in the place of `[TOC]`; the list is made once the page is."""
    for index, token in enumerate(state.tokens) if "toc" in state.src.lower() else ():
        if token.type == "inline" and token.content in ("[TOC]", "[toc]", "[[TOC]]", "[[_TOC_]]"):
            token.children = [Token("html_inline", "", 0, content=TOC)]
            state.tokens[index - 1].hidden = state.tokens[index + 1].hidden = True
