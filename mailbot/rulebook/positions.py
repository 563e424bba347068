"""YAML files as plain values that remember where they stand: `document(name, data)`.

Only the part of YAML 1.2 that a school needs: maps, lists and scalars. Anchors, aliases, tags, directives, several
documents and tabs in front of a line are refused, so nothing can grow beyond the file's own size. Read from ruamel's
events without recursion; a number is a number only as «12», so that «010», «12:30» and «+7 916 …» stay text.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from mailbot.errors import Words
from mailbot.rulebook.problems import Checked, Problem, ProblemCode
from mailbot.rulebook.types import Place
from mailbot.rulebook.yaml_words import said_of_yaml

MAX_BYTES = 256_000
MAX_DEPTH = 12
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | bool | None"
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One rules file: its plain value as JSON, and the places of every value and key by path."""

    file: str
    json: str
    values: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    def place(self, *path: str | int) -> Place:
        """Where the value at `path` begins, or the nearest thing around it that exists."""
        for length in range(len(path), -1, -1):
            if found := self.values.get(path[:length]):
                return found
        return Place(self.file, 1)

    def key(self, *path: str | int) -> Place:
        """Where the key of `path` stands; for an item of a list its value."""
        return self.keys.get(path) or self.place(*path)


class _RefusedError(Exception):
    """Something YAML allows and rules do not; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what.en)
        self.problem = problem


def document(file: str, data: bytes) -> Checked[Document]:
    """The file's value with its places; duplicate keys are all told, any other fault of form ends the reading."""
    try:
        text = _text(file, data)
        return _Tree(file).grown(_events(text))
    except _RefusedError as refused:
        return Checked(None, (refused.problem,))
    except MarkedYAMLError as error:
        words = said_of_yaml(str(error.problem or error.context))
        return Checked(None, (_problem(_place_of(error, file), ProblemCode.YAML, *words),))
    except ReaderError as error:
        line = data.decode("utf-8", "replace")[: error.position].count("\n") + 1
        return Checked(None, (_problem(Place(file, line), ProblemCode.YAML, *said_of_yaml("control character")),))
    except (YAMLError, ValueError, OverflowError) as error:  # escapes beyond Unicode, version numbers
        return Checked(None, (_problem(Place(file, 1), ProblemCode.YAML, *said_of_yaml(str(error))),))


def _place_of(error: MarkedYAMLError, file: str) -> Place:
    """Where the fault is; for a quote never closed, where it was opened."""
    unclosed = "end of stream" in str(error.problem)
    mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1)


def _text(file: str, data: bytes) -> str:
    """The file's text; refuses what is too large, not UTF-8, or indented with tabs."""
    if len(data) > MAX_BYTES:
        what = Words(ru=f"файл больше {MAX_BYTES // 1000} кБ", en=f"the file is larger than {MAX_BYTES // 1000} kB")
        mend = Words(ru="Сократите файл", en="Shorten the file")
        raise _RefusedError(_problem(Place(file, 1), ProblemCode.TOO_LARGE, what, mend))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = Words(ru="файл не в кодировке UTF-8", en="the file is not UTF-8")
        mend = Words(ru="Сохраните файл в кодировке UTF-8", en="Save the file as UTF-8")
        line = data.count(b"\n", 0, error.start) + 1
        raise _RefusedError(_problem(Place(file, line), ProblemCode.YAML, what, mend)) from error
    for number, line_text in enumerate(text.split("\n"), start=1):
        indent = line_text[: len(line_text) - len(line_text.lstrip(" \t"))]
        if "\t" in indent and line_text.strip():
            what = Words(ru="отступ сделан табуляцией", en="the line is indented with a tab")
            mend = Words(ru="Замените табуляцию пробелами", en="Use spaces instead")
            raise _RefusedError(_problem(Place(file, number, indent.index("\t") + 1), ProblemCode.TAB, what, mend))
    return text


def _events(text: str) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    yield from yaml.parse(text)


class _Tree:
    """Builds the plain value from events; the open containers stand on an explicit stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self.again: set[Path] = set()
        self.stack: list[_Open] = []
        self.root: Plain = None
        self.documents = 0

    def grown(self, events: Iterable[Event]) -> Checked[Document]:
        for event in events:
            self._take(event)
        made = Document(self.file, json.dumps(self.root), self.values, self.keys)
        return Checked(made, tuple(self.problems))

    def _take(self, event: Event) -> None:
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        _refuse_the_unusual(event, place)
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _RefusedError(_unusual(place, "второй документ «---»", "a second document «---»"))
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._open(_Open({}) if isinstance(event, MappingStartEvent) else _Open([]), place)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.stack.pop()
        elif isinstance(event, ScalarEvent):
            self._scalar(event, place)

    def _open(self, opened: "_Open", place: Place) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _RefusedError(_unusual(place, f"вложенность глубже {MAX_DEPTH}", f"nesting deeper than {MAX_DEPTH}"))
        if self.stack and self.stack[-1].awaits_key:
            raise _RefusedError(_unusual(place, "раздел вместо имени ключа", "a section in place of a key"))
        opened.path = self._attach(opened.value, place)
        self.stack.append(opened)

    def _scalar(self, event: ScalarEvent, place: Place) -> None:
        value = str(event.value)
        if not value.isprintable() and any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
            raise _RefusedError(_unusual(place, "недопустимый знак", "a character that is not allowed"))
        if self.stack and self.stack[-1].awaits_key:
            self._key(value, place)
        else:
            self._attach(value if event.style else _resolved(value), place)

    def _key(self, name: str, place: Place) -> None:
        inner = self.stack[-1]
        path = (*inner.path, name)
        if path in self.keys and not any(path[:length] in self.again for length in range(1, len(path))):
            self.again.add(path)
            what = Words(ru=f"ключ «{name}» уже был", en=f"the key «{name}» stands twice")
            first = self.keys[path].line
            mend = Words(ru=f"Первый раз он в строке {first}: оставьте один", en=f"First in line {first}: keep one")
            self.problems.append(_problem(place, ProblemCode.DUPLICATE_KEY, what, mend))
        self.keys.setdefault(path, place)
        inner.key = name

    def _attach(self, value: Plain, place: Place) -> Path:
        """Put a value where it belongs; its path."""
        path: Path = ()
        if not self.stack:
            self.root = value
        else:
            path = self.stack[-1].take(value)
        self.values.setdefault(path, place)
        return path


class _Open:
    """A container still being filled; a map without `key` waits for its next key."""

    __slots__ = ("key", "path", "value")

    def __init__(self, value: dict[str, Plain] | list[Plain]) -> None:
        self.value = value
        self.path: Path = ()
        self.key: str | None = None

    def take(self, value: Plain) -> Path:
        """Put a value under the key that waits for it, or at the end of the list; its path."""
        if isinstance(self.value, list):
            self.value.append(value)
            return (*self.path, len(self.value) - 1)
        key, self.key = self.key or "", None
        self.value[key] = value
        return (*self.path, key)

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.value, dict) and self.key is None


def _resolved(value: str) -> Plain:
    """A scalar without quotes: empty, yes/no, a whole number, else text."""
    if value in ("", "~", "null"):
        return None
    if value in ("true", "false"):
        return value == "true"
    return int(value) if _WHOLE.fullmatch(value) else value


def _refuse_the_unusual(event: Event, place: Place) -> None:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise _RefusedError(_unusual(place, "якорь или ссылка (& *)", "an anchor or alias (& *)", ProblemCode.ALIAS))
    if getattr(event, "ctag", None) or getattr(event, "tag", None):
        raise _RefusedError(_unusual(place, "метка типа (!)", "a tag (!)"))
    if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
        raise _RefusedError(_unusual(place, "директива (%)", "a directive (%)"))


def _unusual(place: Place, ru: str, en: str, code: ProblemCode = ProblemCode.YAML) -> Problem:
    what = Words(ru=f"{ru}: в правилах этого нет", en=f"{en}: rules do without it")
    mend = Words(
        ru="Напишите значение целиком; текст со знаками & * ! % возьмите в кавычки",
        en="Write the value out; put text with & * ! % into quotes",
    )
    return _problem(place, code, what, mend)


def _problem(place: Place, code: ProblemCode, what: Words, mend: Words) -> Problem:
    return Problem(place=place, code=code, what=what, mend=mend)
