"""Finds out what a name in a workflow's source stands for, by reading the files it was imported from."""

import ast
from functools import cached_property
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """One file, and what it imports from the same checkout."""

    def __init__(self, path: Path, checkout: Path) -> None:
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self._checkout = checkout

    @cached_property
    def _imports(self) -> dict[str, tuple[str, str]]:
        """Each imported name: the module it comes from, and its name there."""
        found = [each for each in ast.walk(self.tree) if isinstance(each, ast.ImportFrom) and each.module]
        return {alias.asname or alias.name: (each.module or "", alias.name) for each in found for alias in each.names}

    @cached_property
    def _constants(self) -> dict[str, ast.expr]:
        found: dict[str, ast.expr] = {}
        for each in self.tree.body:
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                found[each.targets[0].id] = each.value
        return found

    def text(self, node: ast.AST) -> str:
        """The source of an expression with the constants of this file in place of their names."""
        text = ast.unparse(node)
        if not isinstance(node, ast.expr):
            return text  # patterns and `with` items cannot stand alone as source
        return ast.unparse(_Resolved(self._constants).visit(ast.parse(text, mode="eval")))

    def asked_name(self, node: ast.expr) -> str:
        """The name under which Temporal knows an activity or a child workflow that a call names."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        owner, _, method = ast.unparse(node).rpartition(".")
        module, name = self._imports.get(owner or method, ("", ""))
        path = self._file(module)
        if path is None:
            return ast.unparse(node)
        other = Source(path, self._checkout)
        for each in ast.walk(other.tree):
            if isinstance(each, ast.ClassDef) and each.name == name and not method:
                return other.decorated_name(each, "workflow.defn") or name
            if isinstance(each, Function) and each.name == (method or name):
                return other.decorated_name(each, "activity.defn") or each.name
        return ast.unparse(node)

    def decorated_name(self, node: ast.ClassDef | Function, decorator: str) -> str | None:
        """The name that a decorator gives, the object's own where it gives none, None without the decorator."""
        for each in node.decorator_list:
            call = each if isinstance(each, ast.Call) else None
            if ast.unparse(call.func if call else each) != decorator:
                continue
            given = {word.arg: word.value for word in call.keywords} if call else {}
            if "dynamic" in given:
                return "(any)"
            return self._value(given["name"]) if "name" in given else node.name
        return None

    def _value(self, node: ast.expr) -> str:
        """A string, written here or as a constant of an imported module."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        owner, _, name = ast.unparse(node).rpartition(".")
        module, inner = self._imports.get(owner, ("", ""))
        path = self._file(f"{module}.{inner}")
        if path is None:
            return ast.unparse(node)
        value = Source(path, self._checkout)._constants.get(name)
        return str(value.value) if isinstance(value, ast.Constant) else ast.unparse(node)

    def _file(self, module: str) -> Path | None:
        path = self._checkout.joinpath(*module.split(".")).with_suffix(".py")
        return path if module and path.is_file() else None


class _Resolved(ast.NodeTransformer):
    """Puts a constant's value where its name stands: another number of rounds is another order of commands."""

    def __init__(self, constants: dict[str, ast.expr]) -> None:
        self._constants = constants

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._constants.get(node.id, node)
