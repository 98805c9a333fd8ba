"""Show that the exported chain computes what the official implementations compute.

    clips ──> protocol ──> official_runner in .venv-official: qwen-asr 0.0.6, whole-clip attention
          │            └─> official_runner in .venv-native: transformers 5.23.0, 8-s windows
          └─> exported (app.engine: mel, frontend, backend, prompt, decoder)
    both sides, stage by stage ──> compare ──> report (Markdown, JSON) and plot (SVG)

The same waveforms go into both sides, and every stage is compared where it leaves them, so that the
first stage that differs names the module to look at. ``python -m models.verify PACK --against
CHECKPOINT``; nothing here but ``official_runner`` and ``whisper_reference`` needs torch.
"""
