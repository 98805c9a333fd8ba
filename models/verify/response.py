"""The files of a request and of a response, for both sides: standard library and NumPy only.

request.json, clips.npz (waveforms by index) -> response.json, clip-N.npz (mel, hidden,
audio_embeds, logits). Plain files, because the other side has other versions of everything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.verify.outputs import StageOutputs

REQUEST = "request.json"
WAVEFORMS = "clips.npz"
RESPONSE = "response.json"
_ARRAYS = ("mel", "hidden", "audio_embeds", "logits")
_VALUES = ("prompt_ids", "token_ids", "raw_text", "language", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What an implementation computed, in the order of the request.

    Attributes:
        versions: of the packages that computed it.
        outputs: one for each clip.
        prompts: token ids of each prompt case.
    """

    implementation: str
    versions: dict[str, str]
    outputs: tuple[StageOutputs, ...]
    prompts: tuple[tuple[int, ...], ...]


class ResponseWriter:
    """Writes a response clip by clip, so that the logits of all clips never sit in memory.

    Args:
        folder: where the request is.
        implementation, versions: as in Response.
    """

    def __init__(self, folder: Path, implementation: str, versions: dict[str, str]) -> None:
        self._folder = folder
        self._data: dict[str, Any] = {
            "implementation": implementation,
            "versions": versions,
            "clips": [],
            "prompts": [],
        }

    def add(self, outputs: StageOutputs) -> None:
        """Write the arrays of the next clip and remember the rest."""
        path = self._folder / f"clip-{len(self._data['clips'])}.npz"
        np.savez(path, **{name: getattr(outputs, name) for name in _ARRAYS})
        self._data["clips"].append({name: getattr(outputs, name) for name in _VALUES})

    def add_prompt(self, token_ids: tuple[int, ...]) -> None:
        """Remember the next tokenised prompt."""
        self._data["prompts"].append(token_ids)

    def close(self) -> None:
        """Write response.json, which comes last and so says that the response is whole."""
        text = json.dumps(self._data, ensure_ascii=False)
        (self._folder / RESPONSE).write_text(text, encoding="utf-8")


def read_response(folder: Path) -> Response:
    """Read a whole response."""
    data = json.loads((folder / RESPONSE).read_text(encoding="utf-8"))
    return Response(
        implementation=data["implementation"],
        versions=data["versions"],
        outputs=tuple(
            _read_outputs(values, folder / f"clip-{index}.npz")
            for index, values in enumerate(data["clips"])
        ),
        prompts=tuple(tuple(ids) for ids in data["prompts"]),
    )


def _read_outputs(values: dict[str, Any], path: Path) -> StageOutputs:
    with np.load(path) as arrays:
        loaded = {name: arrays[name] for name in _ARRAYS}
    for name in ("prompt_ids", "token_ids"):
        values[name] = tuple(values[name])
    return StageOutputs(**loaded, **values)
