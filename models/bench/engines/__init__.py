"""The engines that are measured: each loads a model, then recognises one waveform per pass.

Every module offers ``load(task) -> Engine`` and imports its runtime itself, for each runs in the
environment that has it.
"""
