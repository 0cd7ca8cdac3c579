"""Mutants of a source: the same text with one small mistake planted in it.

What may go wrong, by kind of syntax, stands in `mistakes`. Left alone are docstrings, prose (strings with a
space), annotations, imports and decorators, which compute nothing, and mistakes that could only raise an
error, such as an assignment left out or the indices of an array exchanged: any test finds them.
"""

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Types = Mapping[str, Mapping[str, str]]
"""Function or class -> argument -> its type as written, in their order."""
Mistake = tuple[ast.AST, ast.AST]
"""A part of the source, and what stands in its place."""

ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
BOUNDARY = {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt}
NEGATION = {
    ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
BOUNDS = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"}
TWINS = BOUNDS | {"zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like"}
"""Functions taken for each other."""


@dataclass(frozen=True)
class Mutant:
    """line: where; before, after: the part that was changed and what it became; text: the whole source."""

    line: int
    before: str
    after: str
    text: str


def mutants(source: str, types: Types) -> list[Mutant]:
    """All mutants of a source, each once, by line."""
    found = dict.fromkeys(
        planted(source, part, other)
        for node in computing(ast.parse(source))
        for part, other in mistakes(node, types)
        if ast.unparse(part) != ast.unparse(other)
    )
    return sorted(found, key=lambda mutant: mutant.line)


def types_of(sources: Sequence[str]) -> Types:
    """Types of the arguments of all functions, and of the fields of all classes, of some sources."""
    found: dict[str, dict[str, str]] = {}
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = {a.arg: ast.unparse(a.annotation) for a in node.args.args if a.annotation}
        if isinstance(node, ast.ClassDef):
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            found[node.name] = {ast.unparse(f.target): ast.unparse(f.annotation) for f in fields}
    return found


def computing(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all under it that computes."""
    if isinstance(node, ast.Import | ast.ImportFrom) or prose(node):
        return
    if not isinstance(node, ast.expr_context):
        yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        parts = value if isinstance(value, list) else [value]
        if name == "slice" and isinstance(value, ast.Tuple):
            parts = value.elts
        for part in parts:
            if isinstance(part, ast.AST):
                yield from computing(part)


def prose(node: ast.AST) -> bool:
    """Whether a node is text for readers."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def mistakes(node: ast.AST, types: Types) -> Iterator[Mistake]:  # noqa: C901, PLR0912 a table
    """What may go wrong in a node."""
    match node:
        case ast.BinOp(left, op, right):
            if type(op) in ARITHMETIC:
                yield node, changed(node, op=ARITHMETIC[type(op)]())
            yield from ((node, operand) for operand in (left, right))
        case ast.AugAssign(op=op):
            yield node, changed(node, op=ARITHMETIC[type(op)]())
            yield node, ast.Pass()
        case ast.Compare(ops=[op]):
            yield from (
                (node, changed(node, ops=[table[type(op)]()]))
                for table in (BOUNDARY, NEGATION)
                if type(op) in table
            )
        case ast.BoolOp(op, values):
            yield node, changed(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from ((node, value) for value in values)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield node, operand
        case ast.If(test) | ast.While(test) | ast.comprehension(ifs=[test, *_]):
            yield from ((test, ast.Constant(outcome)) for outcome in (True, False))
        case ast.IfExp(_, body, otherwise):
            yield from ((node, branch) for branch in (body, otherwise))
        case ast.Constant(value):
            yield from ((node, ast.Constant(other)) for other in mistaken(value))
        case ast.Call():
            yield from ((node, other) for other in miscalled(node, types))
        case ast.Tuple(elements):
            yield from ((node, changed(node, elts=exchanged(elements, k))) for k in range(len(elements) - 1))
        case ast.Continue():
            yield from ((node, other) for other in (ast.Break(), ast.Pass()))
        case ast.Expr(ast.Call()) | ast.Assign(targets=[ast.Subscript()]):
            yield node, ast.Pass()


def mistaken(value: Any) -> list[Any]:
    """Constants that may stand for another by mistake."""
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1, value - 1]
        case str():
            return [f"X{value}"]
    return []


def miscalled(call: ast.Call, types: Types) -> Iterator[ast.expr]:
    """Its twin called, a bound left out, two neighbouring arguments of one type exchanged."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in TWINS:
        attribute = "id" if isinstance(call.func, ast.Name) else "attr"
        yield changed(call, func=changed(call.func, **{attribute: TWINS[name]}))
    if name in BOUNDS and len(call.args) > 1:
        yield from call.args
    known = types.get(name, {})
    kinds = list(known.values())[: len(call.args)]
    for k in range(len(kinds) - 1):
        if kinds[k] == kinds[k + 1]:
            yield changed(call, args=exchanged(call.args, k))
    for k in range(len(call.keywords) - 1):
        one, other = call.keywords[k : k + 2]
        if one.arg and other.arg and one.arg in known and known[one.arg] == known.get(other.arg):
            pair = [changed(one, value=other.value), changed(other, value=one.value)]
            yield changed(call, keywords=[*call.keywords[:k], *pair, *call.keywords[k + 2 :]])


def changed(node: Any, **parts: Any) -> Any:
    """A copy of a node with other parts."""
    other = copy.copy(node)
    for name, part in parts.items():
        setattr(other, name, part)
    return other


def exchanged(row: Sequence[ast.expr], k: int) -> list[ast.expr]:
    """The row with the k-th and the next exchanged."""
    return [*row[:k], row[k + 1], row[k], *row[k + 2 :]]


def planted(source: str, part: Any, other: ast.AST) -> Mutant:
    """The mutant that has something else in the place of a part."""
    text, after = source.encode(), ast.unparse(other)
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: part.lineno - 1])) + part.col_offset
    end = sum(map(len, lines[: part.end_lineno - 1])) + part.end_col_offset
    put = f"({after})" if isinstance(other, ast.expr) else after
    return Mutant(
        line=part.lineno,
        before=" ".join(text[start:end].decode().split()),
        after=" ".join(after.split()),
        text=(text[:start] + put.encode() + text[end:]).decode(),
    )
