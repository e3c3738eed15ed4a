"""Ports that misbehave by a plan: a worker dies before a call, or after its effect, or sleeps in between.

Composed by the rigs only; shipped code knows nothing of it. An activity is a sequence of port calls, so that 'between
any two calls' is every place in which a worker can die.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Protocol, TypeVar, cast

from tests.conftest import Hands
from tests.season.options import Options

Port = TypeVar("Port")
LONGEST_SLEEP_MINUTES = 200


class Died(BaseException):
    """The process ended here; nobody gets an answer, and nothing catches it."""


class Broke(Exception):
    """The call failed here, before or after its effect, as a connection does; whoever called may go on."""


LOST = (Died, Broke)


class Plan(Protocol):
    """What happens around a call."""

    def before(self, call: str) -> None: ...

    def after(self, call: str) -> None: ...


class Faulty:
    """A port behind a plan. Every method of the port is there, and nothing else."""

    def __init__(self, port: object, plan: Plan, name: str) -> None:
        self._port, self._plan, self._name = port, plan, name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call, name = getattr(self._port, method), f"{self._name}.{method}"

        def planned(*given: object, **named: object) -> object:
            self._plan.before(name)
            answer = call(*given, **named)
            self._plan.after(name)
            return answer

        return planned


def faulty(port: Port, plan: Plan, name: str) -> Port:
    """The port, misbehaving; to the type checker it is the port."""
    return cast("Port", Faulty(port, plan, name))


class Chances:
    """The season's plan: at any call the worker may die or sleep, as often as the options say, until it is healed."""

    def __init__(self, options: Options, hands: Hands, say: Callable[[str, str], None]) -> None:
        self._options, self._hands, self._say = options, hands, say
        self._draw = Random(f"faults {options.seed}")
        self.healed = False

    def before(self, call: str) -> None:
        if self.healed:
            return
        # The sender's last look and the first byte lie side by side: nothing can be promised of a sleep between them.
        if self._draw.random() < self._options.sleeps and call != "carrier.send":
            minutes = self._draw.randint(1, LONGEST_SLEEP_MINUTES)
            self._say("sleeps", f"{minutes} min before {call}")
            self._hands.advance(timedelta(minutes=minutes))
        self._perhaps(call, "before")

    def after(self, call: str) -> None:
        if not self.healed:
            self._perhaps(call, "after")

    def _perhaps(self, call: str, when: str) -> None:
        if self._draw.random() < self._options.dies / 2:
            how = Died if self._draw.random() < 0.5 else Broke
            self._say("dies" if how is Died else "breaks", f"{when} {call}")
            raise how(call)


@dataclass
class Nth:
    """The ladder's plan: the n-th call fails, once or from then on, before or after its effect."""

    n: int
    mode: str
    when: str
    how: type[BaseException] = Died
    calls: int = 0
    healed: bool = False
    seen: list[str] = field(default_factory=list[str])

    def before(self, call: str) -> None:
        self.calls += 1
        if not self.healed:
            self.seen.append(call)
        if self.when == "before":
            self._fail(call)

    def after(self, call: str) -> None:
        if self.when == "after":
            self._fail(call)

    def _fail(self, call: str) -> None:
        due = self.calls == self.n or (self.mode == "from then on" and self.calls > self.n)
        if due and not self.healed:
            raise self.how(call)
