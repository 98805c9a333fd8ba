"""What one implementation computed for one clip, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOutputs:
    """All stages of one clip.

    Attributes:
        mel: float32 [n_mels, n_frames], normalised log-mel.
        hidden: float32 [n_hidden, d_model], what enters the first transformer layer.
        audio_embeds: float32 [n_tokens, embed_dim].
        prompt_ids: the whole prompt, one audio_pad for each audio embedding.
        logits: float32 [len(reference tokens), n_vocab], before each token of the reference's
            answer (teacher forcing).
        token_ids: greedy answer, with its end token unless the budget ran out.
        raw_text: the answer decoded; language, text: the same parsed.
    """

    mel: FloatArray
    hidden: FloatArray
    audio_embeds: FloatArray
    prompt_ids: tuple[int, ...]
    logits: FloatArray
    token_ids: tuple[int, ...]
    raw_text: str
    language: str
    text: str
