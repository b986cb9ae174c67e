"""What a change of moto's behaviour is, and the lists that hold them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Makes moto answer as AWS documents."""

    name: str
    reason: str
    reference: str
    apply: Callable[[], None]


def register(changes: list[Change], name: str, reason: str, reference: str):
    """Decorates the function that applies a change; it patches moto's classes."""

    def decorate(apply: Callable[[], None]) -> Callable[[], None]:
        changes.append(Change(name, reason, reference, apply))
        return apply

    return decorate
