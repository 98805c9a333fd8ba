"""Run one official implementation on all clips of a request and record every stage.

Runs in .venv-official (``official``, ``whisper``) or .venv-native (``native``), never in the
environment of the application: ``python -m models.verify.official_runner FOLDER`` reads the request
in FOLDER and writes the response beside it (see ``protocol``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.verify.implementations import Implementation
from models.verify.outputs import FloatArray, StageOutputs
from models.verify.response import REQUEST, WAVEFORMS, ResponseWriter

PROMPT_SAMPLES = 16_000  # a second of silence: enough for a prompt that is only tokenised


def main(folder: Path) -> int:
    """Answer the request in a folder."""
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    torch.set_num_threads(request["n_threads"])
    implementation = load(request)
    writer = ResponseWriter(folder, request["implementation"], implementation.versions)
    with torch.inference_mode(), np.load(folder / WAVEFORMS) as waveforms:
        for index, clip in enumerate(request["clips"]):
            writer.add(recognize(implementation, waveforms[str(index)], clip))
        for case in request["prompt_cases"]:
            writer.add_prompt(prompt_ids(implementation, case))
    writer.close()
    return 0


def load(request: dict[str, Any]) -> Implementation:
    """Load the implementation that a request names."""
    from models.verify import implementations, whisper_reference

    classes: dict[str, Any] = {
        "official": implementations.OfficialImplementation,
        "native": implementations.NativeImplementation,
        "whisper": whisper_reference.WhisperImplementation,
    }
    chosen = classes[request["implementation"]]
    loaded: Implementation = chosen(Path(request["checkpoint"]), request["max_new_tokens"])
    return loaded


def recognize(
    implementation: Implementation, waveform: FloatArray, clip: dict[str, Any]
) -> StageOutputs:
    """Run one clip through all stages."""
    inputs = implementation.inputs(waveform, clip["context"], clip["language"])
    answer = implementation.answer(inputs)
    raw, language, text = implementation.decode(answer.token_ids, clip["language"])
    return StageOutputs(
        mel=implementation.mel(inputs),
        hidden=answer.hidden,
        audio_embeds=answer.audio_embeds,
        prompt_ids=tuple(inputs["input_ids"][0].tolist()),
        logits=answer.logits,
        token_ids=answer.token_ids,
        raw_text=raw,
        language=language,
        text=text,
    )


def prompt_ids(implementation: Implementation, case: dict[str, Any]) -> tuple[int, ...]:
    """Tokenise a prompt around a second of silence."""
    silence = np.zeros(PROMPT_SAMPLES, dtype=np.float32)
    inputs = implementation.inputs(silence, case["context"], case["language"])
    return tuple(inputs["input_ids"][0].tolist())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
