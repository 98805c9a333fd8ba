"""Measure a pack, stage by stage, in alternation with other engines on the same weights.

    options ──> audio (one waveform for all) ──> schedule ──> worker processes ──> results
    results ──> medians ──> targets ──> report.md + report.json

Every engine runs in a process of its own, once per round, and the order turns round after every
round, so that warmth, caches and whatever else the machine does fall on all alike. Engines: ours
(app.engine, as the application uses it), llama.cpp alone (the same prefill and generation in a
tight loop, nothing around it), llama.cpp's own multimodal path (libmtmd) and the official package.

    python -m models.bench PACK [--against official] [--against mtmd] [--checkpoint DIR]
"""
