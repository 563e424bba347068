"""The rules, model and templates for trying letters at the desk."""

from pathlib import Path

from mailbot.consider import Mind
from mailbot.replies.wording import Wording
from mailbot.rulebook.load import load_rulebook
from mailbot.triage.model import load_brain

NO_SECRET = b"trying letters needs no secret"


def mind_for_trying(rules: Path, own: tuple[str, ...] = (), regulation: str = "") -> Mind:
    """The mind as the daemon would have it, but for a secret: Message-IDs made with it are nobody's."""
    templates = rules.parent / "templates"
    book = load_rulebook(rules, templates, regulation or None, own)
    brain = load_brain()
    return Mind(book=book, brain=lambda: brain, wording=Wording.of(book), secret=NO_SECRET)
