"""Jinja2 as far as the admin's templates need it: print, if, for, include, a dozen filters; nothing that can hang.

The stock sandbox blocks `__class__` and its kin, but lets `range` loops run for hours, `'a' * 10**10` fill the memory
and `|safe` put a stranger's words into our HTML. Here such things are refused where they are written, and loops and
lengths are counted while a template runs.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from jinja2 import Template, TemplateRuntimeError, TemplateSyntaxError, nodes, pass_environment
from jinja2.filters import do_join
from jinja2.nodes import EvalContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_eval_context
from jinja2.visitor import NodeTransformer

MOST_STEPS = 20_000
"""Turns of loops and includes in one part of one mail; the longest letter shown has 4,000 lines."""
MOST_LETTERS = 60_000
MOST_ITEMS = 50
MOST_SOURCE = 32_000
PLAIN_FILTERS = frozenset(
    ("capitalize", "default", "e", "escape", "first", "int", "last", "length", "lower", "trim", "upper")
)
METHODS = frozenset(("splitlines", "strip"))
REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.Import: "import",
    nodes.FromImport: "from … import",
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
}
"""What templates may not use, and how it is written there."""


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """An environment that refuses, with the line, whatever is more than words, conditions and lists."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in PLAIN_FILTERS}
        self.filters |= {"join": _joined, "counted": _counted, "bounded": _bounded}
        self.steps = 0

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MOST_SOURCE:
            raise TemplateSyntaxError(f"длиннее {MOST_SOURCE} знаков", 1, name, filename)
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            if said := _refusal(node):
                raise TemplateSyntaxError(f"«{said}» в шаблонах не разрешено", node.lineno or 1, name, filename)
        counted = _Counting().visit(tree)
        assert isinstance(counted, nodes.Template)
        return counted

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  # Jinja2's name
    ) -> Template:
        """A template by name; one asked for by another counts as a step, one asked for by us begins anew."""
        self.steps = 0 if parent is None else self.steps
        self.step(parent is not None)
        return super().get_template(name, parent, globals)

    def step(self, count: int) -> None:
        """Counts turns. Raises TemplateRuntimeError where a template takes too many."""
        self.steps += count
        if self.steps > MOST_STEPS:
            raise TemplateRuntimeError(f"больше {MOST_STEPS} повторов")


def _refusal(node: nodes.Node) -> str:
    """What is not allowed about a node, as it is written, "" if it is."""
    match node:
        case nodes.Call(node=nodes.Getattr(attr=method)) if method in METHODS and not node.args and not node.kwargs:
            return ""
        case nodes.Call(node=nodes.Name(name="super")):
            return ""
        case nodes.Call():
            return "(…)"
        case nodes.Include() | nodes.Extends() if not isinstance(node.template, nodes.Const):
            return "include по имени из переменной"
        case nodes.For(recursive=True):
            return "recursive"
        case nodes.List() | nodes.Tuple() | nodes.Dict() if len(node.items) > MOST_ITEMS:
            return f"больше {MOST_ITEMS} значений"
        case nodes.Concat() if len(node.nodes) > MOST_ITEMS:
            return f"больше {MOST_ITEMS} значений"
    return REFUSED.get(type(node), "")


class _Counting(NodeTransformer):
    """Puts a counter around what loops run over, and a bound around what is joined."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  # Jinja2's name
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "counted")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, "bounded")


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    made = nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
    made.set_environment(node.environment)  # type: ignore[arg-type]
    return made


@pass_environment
def _counted(environment: TemplateSandbox, items: Iterable[object]) -> tuple[object, ...]:
    found = tuple(items)
    environment.step(len(found))
    return found


def _bounded(text: str) -> str:
    if len(text) > MOST_LETTERS:
        raise TemplateRuntimeError(f"больше {MOST_LETTERS} знаков подряд")
    return text


@pass_eval_context
def _joined(context: EvalContext, items: Iterable[object], between: str = "") -> str:
    """Jinja2's join without its attribute lookup, bounded before anything is made."""
    found = [str(item) if not hasattr(item, "__html__") else item for item in items]
    if sum(len(str(item)) for item in found) + len(between) * len(found) > MOST_LETTERS:
        raise TemplateRuntimeError(f"больше {MOST_LETTERS} знаков подряд")
    joined: str = do_join(context, found, between)
    return joined
