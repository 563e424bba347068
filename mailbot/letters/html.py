"""HTML letters as a person sees them: tables and lists kept, what is hidden dropped, quotations marked with "> ".

Uses inscriptis on lxml, the only pair that stayed linear on hostile input; text nested deeper than 256 elements is
lost by libxml2. Styles are read from `style=` attributes only, not from style sheets.
"""

import re

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from mailbot.letters.printable import printable_text

MOST_CHARS = 1_000_000
CONFIG = ParserConfig(css=STRICT_CSS_PROFILE)
XML_DECLARATION = re.compile(r"<\?xml[^>]*>", re.IGNORECASE)
UNREAD = ("script", "style", "head", "title", "noscript", "template", "object", "svg")
HIDDEN_STYLE = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(?:^|;)opacity:0(?:\.0+)?(?:;|$)"
    r"|font-size:0(?:\.0+)?(?:px|pt|em|%)?(?:;|!|$)|max-height:0(?:px)?(?:;|!|$)"
)
QUOTE_MARK = re.compile(r"cite|quot|history|reply", re.IGNORECASE)
QUOTE_BEGINS, QUOTE_ENDS = "\ue000", "\ue001"
BLANK_LINES = re.compile(r"\n{3,}")
TAG = re.compile(r"<[^<>]*>")


def html_to_text(markup: str) -> str:
    """The readable text of `markup`, of which the first million characters count; "" where there is none."""
    clean = XML_DECLARATION.sub("", printable_text(markup[:MOST_CHARS]))
    if not clean.strip():
        return ""
    try:
        tree = document_fromstring(clean)
    except (etree.LxmlError, ValueError):  # a document of nothing but comments, for instance
        return printable_text(TAG.sub(" ", clean))
    drop_unseen(tree)
    mark_quotations(tree)
    return BLANK_LINES.sub("\n\n", printable_text(quoted_lines(Inscriptis(tree, CONFIG).get_text())))


def drop_unseen(tree: HtmlElement) -> None:
    """Take out scripts, comments and everything styled invisible; the text behind them stays."""
    unseen = [node for node in tree.iter() if not isinstance(node.tag, str) or is_hidden(node)]
    for node in unseen:
        if node.getparent() is not None and node.tag != "body":
            node.drop_tree()


def is_hidden(node: HtmlElement) -> bool:
    """Whether a browser would not show this element."""
    if node.tag in UNREAD or "hidden" in node.attrib:
        return True
    style = node.get("style")
    return bool(style and HIDDEN_STYLE.search(style.lower().replace(" ", "")))


def mark_quotations(tree: HtmlElement) -> None:
    """Put the two marks around each quotation a mail program made; people use bare blockquotes to stress words."""
    for node in tree.iter("blockquote"):
        if not QUOTE_MARK.search(f"{node.get('type', '')} {node.get('class', '')} {node.get('id', '')}"):
            continue
        node.text = QUOTE_BEGINS + (node.text or "")
        if len(node):
            node[-1].tail = (node[-1].tail or "") + QUOTE_ENDS
        else:
            node.text += QUOTE_ENDS


def quoted_lines(text: str) -> str:
    """`text` with "> " before each line between the marks, which go."""
    if QUOTE_BEGINS not in text:
        return text
    depth, lines = 0, []
    for line in text.split("\n"):
        begins, ends = line.count(QUOTE_BEGINS), line.count(QUOTE_ENDS)
        depth += begins
        bare = line.replace(QUOTE_BEGINS, "").replace(QUOTE_ENDS, "")
        lines.append("> " + bare if depth > 0 and (bare.strip() or not ends) else bare)
        depth -= ends
    return "\n".join(lines)
