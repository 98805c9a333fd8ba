"""The recognition engine: pack, mel, encoder, prompt, decoder, recognizer. Knows no Qt."""
