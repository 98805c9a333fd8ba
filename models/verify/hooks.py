"""Take the stages out of unchanged official classes: what enters a layer, what leaves a module."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, kw_only=True)
class Recorded:
    """Tensors of the first call; later calls (there are none for audio) are not kept."""

    entered: Any = None
    left: Any = None


@contextlib.contextmanager
def record(first_layer: Any, last_module: Any) -> Iterator[Recorded]:
    """Record the hidden states that enter a layer and the output that leaves a module.

    Args:
        first_layer: torch module whose first argument (or ``hidden_states``) is kept.
        last_module: torch module whose return value is kept.
    """
    seen = Recorded()

    def keep_entered(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if seen.entered is None:
            seen.entered = (args[0] if args else kwargs["hidden_states"]).detach().clone()

    def keep_left(_: Any, args: tuple[Any, ...], output: Any) -> None:
        if seen.left is None:
            seen.left = output

    hooks = (
        first_layer.register_forward_pre_hook(keep_entered, with_kwargs=True),
        last_module.register_forward_hook(keep_left),
    )
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
