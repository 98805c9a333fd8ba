"""Greedy decoding with our torch networks, one clip at a time: what evaluation during training
uses.
"""

from __future__ import annotations

import torch
from torch import Tensor

from . import prompts
from .nets import Qwen3Decoder
from .tokenizer import load, special

TOKENS_PER_S = 12  # budget of answer tokens per second of audio
AUDIO_TOKENS_PER_S = 12.5


@torch.inference_mode()
def greedy(model: Qwen3Decoder, audio: Tensor, context: str = "") -> str:
    """Return the text of one clip.

    Args:
        model: decoder in evaluation mode.
        audio: audio embeddings, float32 [n_tokens, hidden].
        context: text of the system prompt.
    """
    ids = torch.tensor(prompts.prefix(context)), torch.tensor(prompts.suffix())
    embeds = torch.cat([model.embed_tokens(ids[0]), audio, model.embed_tokens(ids[1])])[None]
    past: list[list[Tensor]] = [[] for _ in model.layers]
    hidden, position = model(embeds, past), embeds.shape[1]
    out: list[int] = []
    end = {special("<|im_end|>"), special("<|endoftext|>")}
    for _ in range(8 + int(len(audio) / AUDIO_TOKENS_PER_S * TOKENS_PER_S)):
        token = int(model.logits(hidden[:, -1]).argmax())
        if token in end:
            break
        out.append(token)
        hidden = model(model.embed_tokens(torch.tensor([[token]])), past, position)
        position += 1
    return answer_text(out)


def answer_text(ids: list[int]) -> str:
    """Return what follows `<asr_text>`; empty for `language None`."""
    text = load().decode(ids, skip_special_tokens=False)
    language, found, rest = text.partition("<asr_text>")
    if not found:
        return text.strip()
    return "" if "none" in language.lower() else rest.strip()
