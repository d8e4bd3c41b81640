"""Expressions beyond a bare name: Jinja2's grammar and sandbox, held to a list of what is safe.

There are no loops, assignments, functions of one's own or globals, so the steps of an expression are fewer than its
characters; and every step's result is held to a limit before or as it is made. Time and memory are bounded by that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError
from jinja2.filters import do_title
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from reconciler.config.programs import LONGEST_RESULT, ExpressionError, Names, Program, as_text, too_costly
from reconciler.model.words import nearest, storable

_DEEPEST = 40  # nested operations: far more than a person can read, far less than the interpreter's stack
_BIGGEST = 10**100

_NODES = frozenset(
    {
        *(nodes.Const, nodes.List, nodes.Tuple, nodes.Getitem, nodes.Slice, nodes.CondExpr, nodes.Keyword),
        *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Concat),
        *(nodes.Neg, nodes.Pos, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand),
    }
)

_METHODS = frozenset(
    {
        *("capitalize", "casefold", "count", "endswith", "find", "isalnum", "isalpha", "isdigit", "islower", "isupper"),
        *("join", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rsplit", "rstrip", "split"),
        *("splitlines", "startswith", "strip", "swapcase", "title", "upper", "zfill"),
    }
)


def compile_expression(source: str) -> Program:
    """Compiles what stands between `{{` and `}}`. Raises ExpressionError."""
    environment = _Environment(undefined=StrictUndefined, optimized=False, cache_size=0)
    try:
        parser = Parser(environment, source, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError("RC0403", f'The expression can\'t be read from "{parser.stream.current.value}" on.')
        _check(expression, 0)
        expression = _Rewrite().visit(expression)
        body = nodes.Template([nodes.Assign(nodes.Name("result", "store"), expression, lineno=1)], lineno=1)
        body.set_environment(environment)
        template = TemplateExpression(environment.from_string(body), undefined_to_none=False)
    except TemplateSyntaxError as failure:
        raise ExpressionError("RC0403", f"The expression can't be read: {failure.message}.") from None
    except (RecursionError, MemoryError, SyntaxError):
        raise too_costly("it is nested too deeply") from None
    return _run(template)


def _run(template: TemplateExpression) -> Program:
    def run(var: Names, row: Names) -> object:
        try:
            return template(var=var, row=row)
        except ExpressionError:
            raise
        except (UndefinedError, SecurityError):  # their words may quote a cell's content
            raise ExpressionError("RC0403", "The expression failed: it uses what does not exist.") from None
        except TypeError as failure:  # its words name types only
            raise ExpressionError("RC0403", f"The expression failed: {failure}.") from None
        except ZeroDivisionError:
            raise ExpressionError("RC0403", "The expression failed: it divides by zero.") from None
        except Exception:  # what else there is may quote a cell's content
            raise ExpressionError("RC0403", "The expression failed: a value is not what its operation needs.") from None

    return run


def _check(node: nodes.Node, depth: int) -> None:
    """Raises ExpressionError unless all of the expression is on the list."""
    if depth > _DEEPEST:
        raise too_costly("it is nested too deeply")
    if isinstance(node, (nodes.Call, nodes.Filter)) and (node.dyn_args or node.dyn_kwargs):
        raise ExpressionError("RC0403", "The expression spreads arguments by *, which expressions here can't.")
    for child in _parts(node):
        if child is not None:
            _check(child, depth + 1)


def _parts(node: nodes.Node) -> Sequence[nodes.Node | None]:
    """What has to be checked further below a node that is on the list. Raises ExpressionError for another."""
    match node:
        case nodes.Getattr(node=nodes.Name(name="var" | "row")):
            return []
        case nodes.Getitem(node=nodes.Name(name="var" | "row"), arg=nodes.Const()):  # a name, never a cell's content
            return []
        case nodes.Name(name=name) | nodes.Getattr(node=nodes.Name(name=name)) | nodes.Call(node=nodes.Name(name=name)):
            raise _bad_name(name)
        case nodes.Call(node=nodes.Getattr(node=owner, attr=method)) if not isinstance(owner, nodes.Name):
            if method not in _METHODS:
                raise _bad_word("method", method, _METHODS)
            return [owner, *node.args, *node.kwargs]
        case nodes.Filter(node=nodes.Expr()):
            if node.name not in _FILTERS:
                raise _bad_word("filter", node.name, _FILTERS)
            return [node.node, *node.args, *node.kwargs]
        case nodes.Const(value=str(text)) if storable(text) != text:
            raise ExpressionError("RC0403", r"The expression writes half of a character: \ud800 to \udfff are none.")
        case _ if type(node) in _NODES:
            return list(node.iter_child_nodes())
    raise ExpressionError(
        "RC0403",
        "The expression uses what expressions here can't: they have var.*, row.*, texts, numbers, lists, operators, "
        "conditions, and some filters and methods of texts.",
    )


def _bad_name(name: str) -> ExpressionError:
    if name in ("var", "row"):
        return ExpressionError("RC0403", f"The expression uses {name} by itself: write {name}.NAME.")
    return ExpressionError(
        "RC0402",
        f'There is no "{name}" in expressions.{nearest(name, ("row", "var"))} A variable is written var.NAME, a column '
        "of a table row.NAME, a text in quotation marks.",
    )


def _bad_word(what: str, word: str, known: Iterable[str]) -> ExpressionError:
    return ExpressionError(
        "RC0403",
        f'There is no {what} "{word}" in expressions.{nearest(word, known)} There are: {", ".join(sorted(known))}.',
    )


class _Rewrite(NodeTransformer):
    """`row.items` is the column of that name, never a method; `~` is held to the limit like every operator."""

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802  Jinja2's way to name visitors
        if isinstance(node.node, nodes.Name):
            return nodes.Getitem(node.node, nodes.Const(node.attr), "load", lineno=node.lineno)
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        pieces = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(pieces, "join", [], [], None, None, lineno=node.lineno)


class _Environment(ImmutableSandboxedEnvironment):
    """Only methods of texts are to be had, only the listed ones, and what operators and methods give is measured."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.globals.clear()
        self.tests.clear()
        self.filters = dict(_FILTERS)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        return isinstance(obj, str) and attr in _METHODS

    def is_safe_callable(self, obj: object) -> bool:
        return isinstance(getattr(obj, "__self__", None), str) and getattr(obj, "__name__", "") in _METHODS

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        if operator == "%" and isinstance(left, str):
            raise ExpressionError("RC0403", "A text can't be formatted by % in expressions: join its parts by ~.")
        if operator == "*":
            _allow(_size(left) * _times(right), _size(right) * _times(left))
        if operator == "**" and isinstance(left, int) and isinstance(right, int):
            _allow_number(left.bit_length() * abs(right) < _BIGGEST.bit_length())
        return _measured(super().call_binop(context, operator, left, right))

    def call(self, context: Context, method: object, /, *args: object, **kwargs: object) -> object:
        if self.is_safe_callable(method):
            text, name = str(method.__self__), method.__name__  # type: ignore[attr-defined]
            if name == "join":
                return join(*args, text, **kwargs)  # type: ignore[call-arg]
            if name == "replace":
                return replace(text, *args, **kwargs)
            if name == "zfill":
                _allow(*(_times(width) for width in args))
        return _measured(super().call(context, method, *args, **kwargs))


def _size(value: object) -> int:
    """How much there is of a text or list, in characters and members."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (list, tuple)):
        return len(value) + sum(map(_size, value))
    return 0


def _times(value: object) -> int:
    return value if isinstance(value, int) else 0


def _allow(*sizes: int) -> None:
    if any(size > LONGEST_RESULT for size in sizes):
        raise too_costly(f"a value on the way is longer than {LONGEST_RESULT:,} characters")


def _allow_number(small: bool) -> None:
    if not small:
        raise too_costly("a number on the way has more than 100 digits")


def _measured(value: object) -> object:
    if isinstance(value, int):
        _allow_number(abs(value) < _BIGGEST)
    _allow(_size(value))
    return value


def replace(value: object, old: object, new: object, count: object = -1) -> str:
    if not (isinstance(old, str) and isinstance(new, str) and isinstance(count, int)):
        raise TypeError("replace takes two texts and a number")
    text = as_text(value)
    found = text.count(old) if count < 0 else min(count, text.count(old))
    _allow(len(text) + found * (len(new) - len(old)))
    return text.replace(old, new, count)


def join(value: object, separator: object = "") -> str:
    if not isinstance(value, (list, tuple)):
        raise TypeError("join takes a list")
    between = as_text(separator)
    pieces = []
    length = 0
    for member in value:
        pieces.append(as_text(member))
        length += len(pieces[-1]) + len(between)
        _allow(length - len(between))
    return between.join(pieces)


def default(value: object, replacement: object = "", boolean: bool = False) -> object:
    return replacement if isinstance(value, Undefined) or (boolean and not value) else value


def _member(index: int) -> Callable[[object], object]:
    def member(value: object) -> object:
        if not isinstance(value, (str, list, tuple)):
            raise TypeError("first and last take a list or a text")
        return value[index] if value else StrictUndefined("the list is empty")

    return member


def length(value: object) -> int:
    if not isinstance(value, (str, list, tuple)):
        raise TypeError("length takes a list or a text")
    return len(value)


def integer(value: object, default: object = None) -> object:
    """Unlike Jinja2's own, which makes 0 of what is no number."""
    text = as_text(value).strip()
    digits = text.removeprefix("-").removeprefix("+")
    if digits.isascii() and digits.isdigit():
        _allow_number(len(digits) <= 100)
        return int(text)
    if isinstance(value, float):
        return int(value)
    if default is None:
        raise ExpressionError("RC0403", "The expression failed: int was given what is not a whole number.")
    return default


def _of_text(change: Callable[[str], str]) -> Callable[[object], object]:
    @wraps(change)  # a TypeError for too many arguments shall name the filter
    def changed(value: object) -> object:
        return _measured(change(as_text(value)))

    return changed


_FILTERS: Mapping[str, Callable[..., object]] = {
    "capitalize": _of_text(str.capitalize),
    "default": default,
    "first": _member(0),
    "int": integer,
    "join": join,
    "last": _member(-1),
    "length": length,
    "lower": _of_text(str.lower),
    "replace": replace,
    "string": _of_text(str),
    "title": _of_text(do_title),
    "trim": _of_text(str.strip),
    "upper": _of_text(str.upper),
}
