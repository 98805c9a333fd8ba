"""Songshu, the product: offline speech recognition. Imports nothing from models/ or torch."""

__version__ = "0.1.0"
