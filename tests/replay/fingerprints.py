"""What a workflow asks of Temporal, in its order, read from the source: the part of it that no running life may lose.

Standard library only, and nothing is imported that is read. Helper methods are followed to where they are called, so
that renaming or moving code changes nothing here, and every branch stands with its condition. Regenerate with
`.venv/bin/python -m tests.replay.fingerprints`.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.replay.names import Function, Source

CHECKOUT = Path(__file__).parents[2]
WORKFLOWS = CHECKOUT / "workflows"
COMMITTED = Path(__file__).parent / "fingerprint.json"

ACTIVITIES = ("activity", "activity_method", "activity_class")
ASKED = {
    **{f"execute_{name}": "activity" for name in ACTIVITIES},
    **{f"start_{name}": "activity" for name in ACTIVITIES},
    **{f"execute_local_{name}": "local activity" for name in ACTIVITIES},
    **{f"start_local_{name}": "local activity" for name in ACTIVITIES},
    **dict.fromkeys(("execute_child_workflow", "start_child_workflow"), "child workflow"),
}
OTHERS = {
    "sleep": "timer",
    "upsert_search_attributes": "search attributes",
    "upsert_memo": "memo",
    "continue_as_new": "continue as new",
    "patched": "patch",
    "deprecate_patch": "patch deprecated",
    "get_external_workflow_handle": "another workflow",
    "all_handlers_finished": "handlers finished",
}
OPTIONS = (
    *("task_queue", "retry_policy", "start_to_close_timeout", "schedule_to_close_timeout", "schedule_to_start_timeout"),
    *("heartbeat_timeout", "cancellation_type", "id"),
)
"""Of a call: no replay looks at them, but a life does, from its next command on."""
HANDLERS = ("signal", "update", "query")
INDENT = "  "
OPTION = "option "
LEAVING = {ast.Continue: "continue", ast.Break: "break"}


class Script:
    """Writes the commands of one workflow class as indented lines."""

    def __init__(self, source: Source, cls: ast.ClassDef) -> None:
        self._source = source
        own = (*source.tree.body, *cls.body)
        self._functions = {each.name: each for each in own if isinstance(each, Function)}
        self._inside: list[str] = []

    def of(self, name: str) -> list[str]:
        """All commands of a function and of those it calls; nothing where there is no command."""
        function = self._functions.get(name)
        if function is None or name in self._inside:
            return []
        self._inside.append(name)
        lines = list(self._block(function.body))
        self._inside.pop()
        if self._inside and lines and lines[-1] == "return":
            lines.pop()  # the end of a helper method is where its caller goes on
        return lines if any(map(_commands, lines)) else []

    def _block(self, statements: list[ast.stmt]) -> Iterator[str]:
        for statement in statements:
            yield from self._statement(statement)

    def _statement(self, node: ast.stmt) -> Iterator[str]:
        match node:
            case ast.If():
                yield from self._expression(node.test)
                yield from self._under(f"if {self._text(node.test)}", node.body)
                yield from self._under("else", node.orelse)
            case ast.While():
                yield from self._under(f"while {self._text(node.test)}", node.body, always=node.test)
            case ast.For() | ast.AsyncFor():
                yield from self._expression(node.iter)
                yield from self._under(f"for each of {self._text(node.iter)}", node.body)
            case ast.With() | ast.AsyncWith():
                yield from self._under(f"with {', '.join(self._text(each) for each in node.items)}", node.body)
            case ast.Try():
                yield from self._try(node)
            case ast.Match():
                yield from self._match(node)
            case ast.Return() | ast.Raise():
                yield from self._expression(node)
                yield "return" if isinstance(node, ast.Return) else "raise"
            case ast.Continue() | ast.Break():
                yield LEAVING[type(node)]
            case _:
                yield from self._expression(node)

    def _match(self, node: ast.Match) -> Iterator[str]:
        yield from self._expression(node.subject)
        for case in node.cases:
            guard = f" if {self._text(case.guard)}" if case.guard else ""
            yield from self._under(f"case {self._text(case.pattern)}{guard}", case.body)

    def _try(self, node: ast.Try) -> Iterator[str]:
        yield from self._under("try", node.body)
        for handler in node.handlers:
            yield from self._under(f"except {self._text(handler.type)}", handler.body)
        yield from self._under("else", node.orelse)
        yield from self._under("finally", node.finalbody)

    def _under(self, head: str, body: list[ast.stmt], *, always: ast.expr | None = None) -> Iterator[str]:
        inner = [*(self._expression(always) if always else ()), *self._block(body)]
        if inner:
            yield f"{head}:"
            yield from (INDENT + line for line in inner)

    def _expression(self, node: ast.AST) -> Iterator[str]:
        """Calls in the order in which they are made: the arguments before the call."""
        if isinstance(node, ast.Lambda):
            return
        for child in ast.iter_child_nodes(node):
            yield from self._expression(child)
        if isinstance(node, ast.Call):
            yield from self._call(node)

    def _call(self, call: ast.Call) -> Iterator[str]:
        whose, _, name = ast.unparse(call.func).rpartition(".")
        options = {each.arg: each.value for each in call.keywords if each.arg}
        if whose == "self" or (not whose and name in self._functions):
            yield from self.of(name)
        elif whose not in {"workflow", "asyncio"}:
            return
        elif name in ASKED:
            yield f"{ASKED[name]} {self._source.asked_name(call.args[0])!r}"
            yield from (f"{INDENT}{OPTION}{each} = {self._text(options[each])}" for each in OPTIONS if each in options)
        elif name == "wait_condition":
            timed = "timeout" in options and ast.unparse(options["timeout"]) != "None"
            yield f"wait until {self._text(call.args[0])}, {'with' if timed else 'without'} a timer"
        elif name in OTHERS:
            first = f" {self._text(call.args[0])}" if call.args and name != "sleep" else ""
            yield f"{OTHERS[name]}{first}"

    def _text(self, node: ast.AST | None) -> str:
        return "" if node is None else self._source.text(node)


def fingerprint(path: Path) -> dict[str, dict[str, list[str]]]:
    """The script of each workflow of a file: what `run` does, and what each handler does."""
    source = Source(path, CHECKOUT)
    found: dict[str, dict[str, list[str]]] = {}
    for cls in (each for each in source.tree.body if isinstance(each, ast.ClassDef)):
        name = source.decorated_name(cls, "workflow.defn")
        if name is None:
            continue
        script = Script(source, cls)
        found[name] = {part: script.of(function) for function, part in _entries(source, cls)}
    return found


def _entries(source: Source, cls: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The functions that Temporal calls, and as what it does."""
    for each in cls.body:
        if not isinstance(each, Function):
            continue
        if source.decorated_name(each, "workflow.run") is not None:
            yield each.name, "run"
        for kind in HANDLERS:
            if (handler := source.decorated_name(each, f"workflow.{kind}")) is not None:
                yield each.name, f"{kind} {handler}"


def all_fingerprints() -> dict[str, dict[str, list[str]]]:
    """Of every workflow of the project, by the name under which Temporal knows it."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(WORKFLOWS.glob("*.py")):
        found |= fingerprint(path)
    return found


def as_lines(prints: dict[str, dict[str, list[str]]]) -> list[str]:
    """For people and for a comparison line by line."""
    return [
        f"{workflow}, {part}: {line}"
        for workflow, parts in prints.items()
        for part, lines in parts.items()
        for line in (lines or ["nothing"])
    ]


def _commands(line: str) -> bool:
    words = (*set(ASKED.values()), *OTHERS.values(), "wait until")
    return line.lstrip().startswith(words)


def main() -> None:
    text = json.dumps(all_fingerprints(), indent=1, ensure_ascii=False)
    COMMITTED.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{COMMITTED.relative_to(CHECKOUT)} is written: read the difference before you commit it\n")


if __name__ == "__main__":
    main()
