"""Rows of the token embedding table, so that tokens can be sent together with audio embeddings.

In: token ids. Out: the float32 rows that llama.cpp would look up itself. The table stays where it
lies in the GGUF, mapped; rows that were asked for once are kept, for prompts repeat themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.engine.llama import dequantize
from app.engine.manifest import EmbeddingTable
from app.engine.pack import Pack
from app.engine.types import FloatArray


class TokenEmbeddings:
    """Looks up rows of the GGUF's token embedding table, dequantised as llama.cpp does it.

    Args:
        pack: where the GGUF lies; file: its name in the pack.
        table: where the embeddings lie in it.
        hidden_size: width of a row.
    """

    def __init__(self, pack: Pack, file: str, table: EmbeddingTable, hidden_size: int) -> None:
        location = pack.locate(file)
        self._map = np.memmap(
            location.path, dtype=np.uint8, mode="r", offset=location.offset + table.offset
        )
        self._table = table
        self._hidden_size = hidden_size
        self._cache: dict[int, FloatArray] = {}

    def rows(self, token_ids: Sequence[int]) -> FloatArray:
        """Give float32 [len(token_ids), hidden_size]."""
        rows = np.empty((len(token_ids), self._hidden_size), dtype=np.float32)
        for i, token_id in enumerate(token_ids):
            rows[i] = self._row(token_id)
        return rows

    def _row(self, token_id: int) -> FloatArray:
        row = self._cache.get(token_id)
        if row is None:
            start = token_id * self._table.row_bytes
            data = self._map[start : start + self._table.row_bytes].tobytes()
            row = dequantize(data, self._table.ggml_type, self._hidden_size)
            self._cache[token_id] = row
        return row
