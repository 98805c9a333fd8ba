"""Which stretch of a recording a picture shows: times to pixels and back, zoom and scroll.

Plain numbers, no Qt: the waveform asks, a test computes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

CLOSEST_S = 2.0  # shown at the closest zoom: a pixel is then about one bucket of peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeView:
    """A stretch of time on a number of pixels.

    Attributes:
        duration_s: of the whole recording.
        start_s, end_s: what is shown.
        width: pixels.
    """

    duration_s: float
    start_s: float
    end_s: float
    width: float

    @classmethod
    def whole(cls, duration_s: float, width: float) -> TimeView:
        """Show everything."""
        return cls(duration_s=duration_s, start_s=0.0, end_s=duration_s, width=max(1.0, width))

    @property
    def span_s(self) -> float:
        """How much is shown; never 0."""
        return max(self.end_s - self.start_s, 1e-6)

    @property
    def is_zoomed(self) -> bool:
        """Whether less than everything is shown."""
        return self.span_s < self.duration_s - 1e-6

    def x_of(self, time_s: float) -> float:
        """Return the pixel of a time, which may lie outside."""
        return (time_s - self.start_s) / self.span_s * self.width

    def time_at(self, x: float) -> float:
        """Return the time at a pixel, kept inside the recording."""
        time_s = self.start_s + x / self.width * self.span_s
        return min(max(time_s, 0.0), self.duration_s)

    def zoomed(self, factor: float, x: float) -> TimeView:
        """Return the view with ``factor`` times as much, the time at ``x`` staying there."""
        span_s = min(max(self.span_s * factor, min(CLOSEST_S, self.duration_s)), self.duration_s)
        anchor_s = self.start_s + x / self.width * self.span_s
        return self._at(anchor_s - x / self.width * span_s, span_s)

    def scrolled(self, by_s: float) -> TimeView:
        """Return the view moved by a time, as far as there is something."""
        return self._at(self.start_s + by_s, self.span_s)

    def showing(self, time_s: float) -> TimeView:
        """Return the view turned like a page so that a time is in it."""
        if self.start_s <= time_s <= self.end_s:
            return self
        return self._at(time_s - 0.05 * self.span_s, self.span_s)

    def resized(self, width: float) -> TimeView:
        """Return the view on another number of pixels."""
        return replace(self, width=max(1.0, width))

    def extended(self, duration_s: float) -> TimeView:
        """Return the view of a recording whose length is now known better."""
        if not self.is_zoomed:
            return TimeView.whole(duration_s, self.width)
        return replace(self, duration_s=max(duration_s, self.end_s))

    def _at(self, start_s: float, span_s: float) -> TimeView:
        first_s = min(max(0.0, start_s), max(0.0, self.duration_s - span_s))
        return replace(self, start_s=first_s, end_s=first_s + span_s)
