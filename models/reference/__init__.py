"""Seeded random checkpoints in the layouts in which Qwen3-ASR is published.

No weights can be fetched for tests, so the factory, the engine and the verification are shown on
checkpoints made here: the official classes give names and shapes of the tensors, a seed gives their
values. ``python -m models.reference OUT_DIR --size tiny|0.6b|1.7b`` (torch, transformers 4.57.6
and qwen-asr 0.0.6 installed); all but ``official`` is NumPy and JSON and needs none of them.

    sizes ──> official (config.json, tensor shapes) ──> weights ──> safetensors_writer
    vocabulary ──> tokenizer files, chat template        native: the same in the other layout
"""
