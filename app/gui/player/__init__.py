"""The player under a transcript: its sound, its controls, its waveform."""
