"""Our own engine: app.engine, step by step as ``ClipRecognizer.recognize`` goes through them.

The one difference is that the end token and the loop guard do not stop it (both are still asked),
so that every engine generates the same number of tokens. The KV cache has the size that the
application would give it for this clip.
"""

from __future__ import annotations

import time
from pathlib import Path

import llama_cpp
import numpy as np
import onnxruntime

from app.engine import llama
from app.engine.clip import ClipRecognizer, token_budget
from app.engine.hypothesis import is_looping, visible_text
from app.engine.pack import open_pack
from app.engine.types import SAMPLE_RATE, FloatArray, TranscribeOptions
from models.bench.figures import Pass, Task
from models.bench.native_clock import NativeClock

_LOOP_CHECK_EVERY = 8  # tokens, as in app.engine.clip


class OurEngine:
    """A loaded pack.

    Attributes:
        clips: what is measured.
        clock: adds up the seconds inside ONNX Runtime and llama.cpp.
    """

    def __init__(self, clips: ClipRecognizer, clock: NativeClock) -> None:
        self.clips = clips
        self.clock = clock
        self.versions = {
            "onnxruntime": onnxruntime.__version__,
            "llama-cpp-python": llama_cpp.__version__,
            "numpy": np.__version__,
        }

    def run(self, waveform: FloatArray, n_tokens: int) -> Pass:
        """Recognise a waveform and time the stages."""
        clips, options = self.clips, TranscribeOptions()
        self.clock.take()
        times = [time.perf_counter()]
        mel = clips.mel(waveform)
        times.append(time.perf_counter())
        embeds = clips.encoder.encode(mel)
        times.append(time.perf_counter())
        prompt = clips.prompts.build(context=options.context, language=options.language)
        budget = max(n_tokens, token_budget(len(waveform) / SAMPLE_RATE, options))
        n_prompt = clips.decoder.prefill(prompt, embeds, max_new_tokens=budget)
        times.append(time.perf_counter())
        text, n_new = self._generate(n_tokens)
        times.append(time.perf_counter())
        laps = np.diff(times).tolist()
        return Pass(
            mel_s=laps[0],
            encode_s=laps[1],
            prefill_s=laps[2],
            generate_s=laps[3],
            total_s=times[-1] - times[0],
            n_prompt_tokens=n_prompt,
            n_new_tokens=n_new,
            native_s=self.clock.take(),
            text=text,
        )

    def _generate(self, n_tokens: int) -> tuple[str, int]:
        """Generate and do with every token what the application does with it."""
        decoder = self.clips.decoder
        ids: list[int] = []
        data = bytearray()
        text = ""
        for token in decoder.generate(n_tokens, ignore_eos=True):
            ids.append(token.id)
            data += decoder.model.piece(token.id)
            if len(ids) % _LOOP_CHECK_EVERY == 0:
                is_looping(ids)
            text = visible_text(data.decode("utf-8", "replace"))
        return text or data.decode("utf-8", "replace"), len(ids)


def load(task: Task) -> OurEngine:
    """Load the pack of a task."""
    clock = NativeClock()
    clock.wrap(llama.llama_cpp, "llama_decode")  # the binding that the application loaded
    clock.wrap(onnxruntime.InferenceSession, "run")
    return OurEngine(ClipRecognizer(open_pack(Path(task.pack)), n_threads=task.n_threads), clock)
