"""Play faster or slower at the same pitch, with FFmpeg's ``atempo``.

In: blocks of sound at speed 1, whose positions may jump (skipped silence, a loop). Out: stretched
blocks that know which part of the recording they are. ``atempo`` overlaps windows of about 46 ms
where they fit best (WSOLA), so that a position is right within such a window; sample n that comes
out was sample n × speed that went in, and those are remembered with their positions.

Measured (``python -m app.audio.stretch``; stereo at 48 kHz, CPU time of a busy 2-core x86
machine): 0.5× 150 × real time, 1.5× 380, 2× 460.
"""

from __future__ import annotations

import time
from collections import deque
from fractions import Fraction

from app.audio.ffmpeg import av
from app.audio.media_reader import LAYOUTS, Block
from app.audio.resample import FloatArray
from app.numeric import np

SLOWEST, FASTEST = 0.5, 2.0  # atempo's limits without dropping sound


class Stretcher:
    """Change the tempo of a stream of blocks.

    Args:
        rate: of the samples, in Hz.
        n_channels: 1 or 2.
        speed: 0.5 … 2.
    """

    def __init__(self, rate: int, n_channels: int, speed: float) -> None:
        self._rate = rate
        self._n_channels = n_channels
        self._speed = speed
        self._n_in = self._n_out = 0
        self._marks: deque[tuple[int, float]] = deque()  # (input sample, position in seconds)
        self._graph = self._make_graph()

    def push(self, block: Block) -> list[Block]:
        """Return what is ready of the sound so far."""
        if not len(block.samples):
            return []
        self._marks.append((self._n_in, block.position_s))
        self._graph.push(self._frame(block.samples))
        self._n_in += len(block.samples)
        return self._pull()

    def flush(self) -> list[Block]:
        """Return the rest; nothing may be pushed afterwards."""
        if not self._n_in:
            return []
        self._graph.push(None)
        return self._pull()

    def _make_graph(self) -> av.filter.Graph:
        graph = av.filter.Graph()
        source = graph.add_abuffer(
            sample_rate=self._rate,
            format="flt",
            layout=LAYOUTS[self._n_channels],
            time_base=Fraction(1, self._rate),
        )
        tempo = graph.add("atempo", f"{self._speed:.3f}")
        sink = graph.add("abuffersink")
        source.link_to(tempo)
        tempo.link_to(sink)
        graph.configure()
        return graph

    def _frame(self, samples: FloatArray) -> av.AudioFrame:
        packed = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, "flt", LAYOUTS[self._n_channels])
        frame.sample_rate = self._rate
        frame.time_base = Fraction(1, self._rate)
        frame.pts = self._n_in
        return frame

    def _pull(self) -> list[Block]:
        blocks: list[Block] = []
        while True:
            try:
                frame = self._graph.pull()
            except (BlockingIOError, EOFError):
                return blocks
            samples = frame.to_ndarray().reshape(-1, self._n_channels)
            blocks.append(Block(self._position_s(), samples, self._speed))
            self._n_out += len(samples)

    def _position_s(self) -> float:
        """Return the position of the next sample that comes out."""
        n_in = self._n_out * self._speed
        while len(self._marks) > 1 and self._marks[1][0] <= n_in:
            self._marks.popleft()
        first_in, position_s = self._marks[0]
        return position_s + max(0.0, n_in - first_in) / self._rate


def _main() -> None:
    noise = np.random.default_rng(0).standard_normal((48_000 * 20, 2)).astype(np.float32)
    for speed in (0.5, 1.5, 2.0):
        stretcher = Stretcher(48_000, 2, speed)
        start = time.process_time()
        for at in range(0, len(noise), 4800):
            stretcher.push(Block(at / 48_000, noise[at : at + 4800]))
        print(f"{speed}×: {20 / (time.process_time() - start):.0f} × real time")


if __name__ == "__main__":
    _main()
