"""Loading of all rules at once: `load_rulebook` gives a Rulebook or raises RuleProblems with every problem found.

`check_rulebook` is the same reading told as a list, with warnings and with the regulations not in use; `read_rulebook`
gives both. A file whose form is wrong is checked for form only; what it says of other files is looked at once its form
is right.
"""

from collections.abc import Iterator
from pathlib import Path

from mailbot.rulebook.assembly import assembled
from mailbot.rulebook.files import RuleFolder, read_folder
from mailbot.rulebook.problems import Checked, Problem, RuleProblems, in_order
from mailbot.rulebook.types import Rulebook
from mailbot.rulebook.warnings import pack_findings, warnings_of


def load_rulebook(folder: Path, templates: Path, regulation: str | None = None, own: tuple[str, ...] = ()) -> Rulebook:
    """The rules of `folder`; `regulation` and `own` stand in for regulation.yaml's `use` and the mailbox' addresses.

    Raises RuleProblems, never anything else for whatever the folders hold.
    """
    made = assembled(read_folder(folder, templates), regulation, own)
    faults = tuple(problem for problem in made.problems if not problem.warning)
    if made.value is None or faults:
        raise RuleProblems(faults)
    return made.value


def check_rulebook(
    folder: Path, templates: Path, regulation: str | None = None, own: tuple[str, ...] = ()
) -> tuple[Problem, ...]:
    """Every problem and warning, in the order of files and lines, problems first; empty means all is well."""
    return read_rulebook(read_folder(folder, templates), regulation, own).problems


def read_rulebook(read: RuleFolder, regulation: str | None = None, own: tuple[str, ...] = ()) -> Checked[Rulebook]:
    """The rules, None if they cannot be used, with every problem and warning."""
    made = assembled(read, regulation, own)
    return Checked(made.value, in_order(_findings(read, made)))


def _findings(read: RuleFolder, made: Checked[Rulebook]) -> Iterator[Problem]:
    yield from made.problems
    yield from pack_findings(read)
    if made.value is not None:
        yield from warnings_of(made.value)
