"""Audio in: files and pipes to mono 16 kHz float32, cut in silence, with a speech gate."""
