"""Every small change that a module can suffer, in an order that only its text decides."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}  # fmt: skip
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "reversed": "list", "sorted": "list"}

# Types, decorators and what a class is made with are declarations; asserts are checks themselves.
DECLARATIONS = frozenset(
    {
        (ast.AnnAssign, "annotation"), (ast.arg, "annotation"), (ast.FunctionDef, "returns"),
        (ast.FunctionDef, "decorator_list"), (ast.ClassDef, "decorator_list"), (ast.ClassDef, "keywords"),
        (ast.ClassDef, "bases"),
    }
)  # fmt: skip
LEFT_ALONE = (ast.Assert, ast.Import, ast.ImportFrom, ast.JoinedStr)


@dataclass(frozen=True, slots=True)
class Place:
    """A node in its tree: ``lines`` are those whose execution reaches it; ``put`` puts another in its stead."""

    node: ast.AST
    put: Callable[[ast.AST], None]
    function: str
    lines: range
    is_bool: bool
    is_returned: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change that can be made: ``make`` makes it in the tree. ``function`` is empty outside of functions."""

    said: str
    function: str
    line: int
    lines: range
    make: Callable[[], None]


def changes(tree: ast.Module) -> list[Change]:
    """All of them, in the order of the text."""
    found = []
    for place in _places(tree, "", range(0), False):
        for said, make in _of(place):
            line = getattr(place.node, "lineno", place.lines.start)
            found.append(Change(said, place.function, line, place.lines, make))
    return found


def _places(node: ast.AST, function: str, lines: range, is_bool: bool) -> Iterator[Place]:
    for name, value in ast.iter_fields(node):
        if (type(node), name) in DECLARATIONS:
            continue
        outer = name == "args" and isinstance(node, ast.FunctionDef)
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, LEFT_ALONE) or _is_docstring(child):
                continue
            inner, flag = ("" if outer else function), is_bool
            if isinstance(child, ast.FunctionDef):
                inner, flag = f"{function}.{child.name}".lstrip("."), _says_bool(child)
            span = _span(child, lines)
            returned = flag and isinstance(node, ast.Return)
            yield Place(child, _putter(node, name, index), inner, span, flag, returned)
            yield from _places(child, inner, span, flag)


def _span(child: ast.AST, outer: range) -> range:
    """The lines of a simple statement are one; of a compound one each part has its own."""
    if isinstance(child, ast.stmt) and not hasattr(child, "body"):
        return range(child.lineno, (child.end_lineno or child.lineno) + 1)
    if isinstance(child, ast.stmt):
        return range(child.lineno, child.lineno + 1)
    if isinstance(child, ast.expr) and (not outer or child.lineno not in outer):
        return range(child.lineno, (child.end_lineno or child.lineno) + 1)
    return outer


def _putter(parent: ast.AST, name: str, index: int | None) -> Callable[[ast.AST], None]:
    def put(new: ast.AST) -> None:
        old = getattr(parent, name) if index is None else getattr(parent, name)[index]
        ast.copy_location(new, old)
        if index is None:
            setattr(parent, name, new)
        else:
            getattr(parent, name)[index] = new

    return put


def _of(place: Place) -> Iterator[tuple[str, Callable[[], None]]]:
    """The changes of one node; each must leave other code than was there."""
    node = place.node
    for new in _replacements(place):
        yield f"{_code(node)} => {_code(new)}", _bound(place.put, new)
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        put = _putter(node, "test", None)
        for truth in (True, False) if not isinstance(node, ast.While) else (False,):
            yield f"if {_code(node.test)} => if {truth}", _bound(put, ast.Constant(truth))
    if isinstance(node, ast.comprehension):
        for index, condition in enumerate(node.ifs):
            put = _putter(node, "ifs", index)
            yield f"for … if {_code(condition)} => for … if True", _bound(put, ast.Constant(True))


def _bound(put: Callable[[ast.AST], None], new: ast.AST) -> Callable[[], None]:
    return lambda: put(new)


def _replacements(place: Place) -> Iterator[ast.AST]:
    match node := place.node:
        case ast.Compare(left, [one], [right]):
            for other in COMPARISONS[type(one)]:
                yield ast.Compare(left, [other()], [right])
        case ast.Compare(left, [one, *rest], rights):
            for other in COMPARISONS[type(one)]:
                yield ast.Compare(left, [other(), *rest], rights)
            for other in COMPARISONS[type(rest[-1])]:
                yield ast.Compare(left, [one, *rest[:-1], other()], rights)
        case ast.BinOp(left, operator, right) if type(operator) in ARITHMETIC:
            yield ast.BinOp(left, ARITHMETIC[type(operator)](), right)
        case ast.AugAssign(target, operator, value) if type(operator) in ARITHMETIC:
            yield ast.AugAssign(target, ARITHMETIC[type(operator)](), value)
            yield ast.Pass()
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            for index in range(len(values)):
                rest = values[:index] + values[index + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.Constant(bool() as truth):
            if not place.is_returned:
                yield ast.Constant(not truth)
        case ast.Constant(int() as number):
            yield ast.Constant(number + 1)
            yield ast.Constant(number - 1)
        case ast.Call(ast.Name(name), arguments, keywords) if name in CALLS and arguments:
            kept = [] if CALLS[name] == "list" else keywords
            yield ast.Call(ast.Name(CALLS[name], ast.Load()), arguments, kept)
        case ast.Call(ast.Name("replace"), arguments, keywords) if len(keywords) > 1:
            for index in range(len(keywords)):
                yield ast.Call(node.func, arguments, keywords[:index] + keywords[index + 1 :])
        case ast.Return(value) if value is not None:
            if place.is_bool:
                yield from (
                    ast.Return(ast.Constant(truth)) for truth in (True, False) if not _is(value, truth)
                )
            elif not _is(value, None):
                yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield from (ast.Break(), ast.Pass())
        case ast.Break() | ast.Raise() | ast.Return(None) | ast.Expr(ast.Call()) | ast.Delete():
            yield ast.Pass()
        case ast.Assign([ast.Attribute() | ast.Subscript()], _):
            yield ast.Pass()
        case ast.Slice(lower, upper, step) if lower is not None or upper is not None:
            yield ast.Slice(None, None, step)
        case _:
            return


def _is(value: ast.expr, constant: object) -> bool:
    return isinstance(value, ast.Constant) and value.value is constant


def _says_bool(function: ast.FunctionDef) -> bool:
    return isinstance(function.returns, ast.Name) and function.returns.id == "bool"


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _code(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 90 else f"{text[:60]} … {text[-27:]}"
