"""The examples of CommonMark and GFM: `python -m sitegen.tests.spec spec.txt` prints what differs and may not.

spec.txt is in github.com/commonmark/commonmark-spec, GFM's is test/spec.txt in github.com/github/cmark-gfm.
"""

import re
import sys
from pathlib import Path

from sitegen.markdown import to_html

EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)
# What sitegen adds on purpose, or writes in another way that means the same.
SAME = [
    (r' <a class="header-anchor" href="[^"]*">#</a>| tabindex="0"|</?span[^>]*>', ""),
    (r'(<h[1-6]) id="[^"]*"', r"\1"),
    (r'<div class="table">(.*?</table>)\n</div>', r"\1"),
    (r'(<t[hd]) class="align-(\w+)">', r'\1 align="\2">'),
    (r'(<(?:ul|li|input)) class="[\w-]*task-list[\w-]*"', r"\1"),
    (r'<input[^>]*checked=""[^>]*>', "<input checked>"),
    (r"<blockquote>\s*</blockquote>", "<blockquote></blockquote>"),
    (r"<(img|br|hr|input)([^>]*?) ?/?>", r"<\1\2>"),
    ("&#123;", "{"),
    ("&#125;", "}"),
    ("&#x27;", "'"),
    ("&quot;", '"'),
    ("(</?)del>", r"\1s>"),
]
# Beginnings of examples that may differ, and why.
ALLOWED = {
    "< http": "bare addresses are links, as in GFM",
    "http": "bare addresses are links, as in GFM; ftp:// is none",
    "foo@bar.example.com": "bare addresses are links, as in GFM",
    "a.b-c_d@a.b": "an underscore in a mail address (mdit-py-plugins)",
    "foo <!-- not a comment": "comments are those of CommonMark 0.31",
    "foo <!-->": "comments are those of CommonMark 0.31",
    "<strong> <title>": "authors may write any HTML",
}


def canonical(html: str) -> str:
    for pattern, replacement in SAME:
        html = re.sub(pattern, replacement, html, flags=re.DOTALL)
    return html.strip()


def main(*paths: str) -> int:
    different = 0
    for path in paths:
        examples = EXAMPLE.findall(Path(path).read_text().replace("→", "\t"))
        for text, expected in examples:
            html = canonical(to_html(text).html)
            if html != canonical(expected) and not text.startswith(tuple(ALLOWED)):
                different += 1
                print(f"{text}--- expected\n{canonical(expected)}\n--- is\n{html}\n")
        print(f"{path}: {len(examples)} examples")
    print(f"{different} differ")
    return min(different, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
