"""What the judges of `tests/handover` and `tests/faults` share: the registry of checks, and what came of one."""

import dataclasses

CHECKS = []


def check(name):
    """Registers a check: a function of a `Context` that returns an `Outcome`."""

    def register(function):
        CHECKS.append((name, function))
        return function

    return register


@dataclasses.dataclass
class Outcome:
    """How often something was tried, and what did not hold."""

    tried: int = 0
    wrong: list = dataclasses.field(default_factory=list)
    # Why it could not be tried here.
    skipped: str = ""

    def hold(self, holds, what):
        self.tried += 1
        if not holds:
            self.wrong.append(what)
        return bool(holds)

    def same(self, found, right, what):
        return self.hold(found == right, f"{what}: found {told(found)}, right is {told(right)}")


def told(thing):
    text = f"{thing.normalize():f}" if hasattr(thing, "normalize") and hasattr(thing, "as_tuple") else str(thing)
    return text if len(text) <= 300 else text[:300] + " …"


@dataclasses.dataclass
class Answer:
    """What a command said."""

    status: int
    out: str
    err: str

    def last_words(self):
        return f"status {self.status}: {self.err.strip()[-300:]}"
