"""What can be recorded from, found by name and API.

PortAudio numbers devices anew at each start, so a number must never be kept: settings hold
``name`` and ``api``, and ``find_microphone`` gives what is there under them now.

    list_microphones()            for a menu; call it whenever the menu opens (hot-plug), and with a
                                  sound server whenever ``pulse.Watcher`` calls
    default_microphone()          what the system would take
    find_microphone(name, api)    what a setting means today, None if it is not connected

Where a PulseAudio (or PipeWire) server answers, its sources are the list: it holds the hardware.
Elsewhere PortAudio's list counts, one API of each system: Windows shows every device four times
(MME cuts names at 31 letters, WDM-KS takes devices for itself, so WASAPI), macOS and plain ALSA
have one. PortAudio looks for new devices only while no stream is open (``app.audio.portaudio``);
with a sound server the list is always fresh.

System audio: monitors of PulseAudio; WASAPI loopback devices, which newer PortAudio builds list
with " [Loopback]" after their name (the one in sounddevice 0.5.6's wheel has none); inputs of the
Stereo Mix kind; virtual cables such as BlackHole on macOS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.audio import portaudio, pulse
from app.errors import NoMicrophoneError

PREFERRED_APIS = ("Windows WASAPI", "Core Audio", "ALSA")
MAX_CHANNELS = 2  # ALSA's plugins claim 32; WASAPI must be asked for what the device has
LOOPBACK_WORDS = (
    "[loopback]",
    "monitor of ",
    "stereo mix",
    "stereomix",
    "立体声混音",
    "立體聲混音",
    "what u hear",
    "wave out mix",
    "blackhole",
    "soundflower",
    "vb-cable",
    "cable output",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Microphone:
    """One thing to record from.

    Attributes:
        name: unique within its API, the same after a restart; for the settings.
        api: "PulseAudio", "ALSA", "Windows WASAPI", "Core Audio"; for the settings.
        channels: that are recorded (and mixed to one).
        rate: its own, in Hz.
        is_loopback: whether it is what the computer plays.
        label: for people.
    """

    name: str
    api: str
    channels: int
    rate: int
    is_loopback: bool = False
    label: str = ""

    def __post_init__(self) -> None:
        if self.channels < 1 or self.rate < 1:
            raise ValueError(f"{self.channels} channels at {self.rate} Hz cannot be recorded")

    @property
    def title(self) -> str:
        """Its label, or its name if it has none."""
        return self.label or self.name

    def is_same(self, other: Microphone) -> bool:
        """Whether both are one device, whatever its rate is now."""
        return (self.name, self.api) == (other.name, other.api)


def list_microphones(*, refresh: bool = True) -> list[Microphone]:
    """Return what can be recorded from, microphones first, then system audio.

    Takes 10-100 ms, with ``refresh`` on a system without sound server up to a second: PortAudio
    asks every device.

    Args:
        refresh: look for devices that came or went, as far as no stream is open.

    Returns:
        Nothing if there is no microphone, or no PortAudio.
    """
    found = [_from_source(source) for source in pulse.sources()]
    if not found:
        found = _from_portaudio(refresh=refresh)
    return sorted(found, key=lambda microphone: (microphone.is_loopback, microphone.title))


def default_microphone() -> Microphone:
    """Return what the system takes if nobody chose.

    A monitor is taken only if there is no microphone: PulseAudio's own choice may be one when the
    microphone was unplugged, and then would type what the computer says.

    Raises:
        NoMicrophoneError: there is none.
    """
    found = list_microphones()
    name, api = pulse.default_name(), pulse.API
    if not any(microphone.api == api for microphone in found):
        name, api = _portaudio_default()
    wanted = [item for item in found if (item.name, item.api) == (name, api)]
    real = [item for item in found if not item.is_loopback]
    for candidate in [item for item in wanted if not item.is_loopback] + real + wanted + found:
        return candidate
    raise NoMicrophoneError("the system lists no device that records")


def find_microphone(name: str, api: str) -> Microphone | None:
    """Return a microphone that was chosen earlier, None if it is not there now.

    A device that is there only under another API (the sound server was changed) counts.
    """
    named = [item for item in list_microphones() if item.name == name]
    return next((item for item in named if item.api == api), named[0] if named else None)


def device_index(sounddevice: Any, microphone: Microphone) -> int | None:
    """Return PortAudio's number for a microphone at this moment, None if it is not there."""
    apis = sounddevice.query_hostapis()
    inputs: dict[tuple[str, str], int] = {}
    for index, device in enumerate(sounddevice.query_devices()):
        if device["max_input_channels"]:
            inputs.setdefault((device["name"], apis[device["hostapi"]]["name"]), index)
    if microphone.api != pulse.API:
        return inputs.get((microphone.name, microphone.api))
    ways = [inputs.get((name, "ALSA")) for name in pulse.ALSA_NAMES]
    return next((way for way in ways if way is not None), None)


def _from_source(source: pulse.Source) -> Microphone:
    return Microphone(
        name=source.name,
        api=pulse.API,
        channels=min(source.channels, MAX_CHANNELS),
        rate=source.rate,
        is_loopback=source.is_monitor,
        label=source.description,
    )


def _from_portaudio(*, refresh: bool) -> list[Microphone]:
    try:
        with portaudio.devices(fresh=refresh) as sounddevice:
            apis, devices = sounddevice.query_hostapis(), sounddevice.query_devices()
    except portaudio.PortAudioMissingError:
        return []
    index = _preferred_api(apis)
    if index is None:
        return []
    own = [device for device in devices if device["hostapi"] == index]
    inputs = [device for device in own if device["max_input_channels"] > 0]
    return [_from_device(device, apis[index]["name"]) for device in inputs]


def _preferred_api(apis: Any) -> int | None:
    """Return the number of the API to list: a preferred one, else the first with devices."""
    names = [api["name"] if api["devices"] else "" for api in apis]
    for name in PREFERRED_APIS:
        if name in names:
            return names.index(name)
    return next((i for i, name in enumerate(names) if name), None)


def _from_device(device: dict[str, Any], api: str) -> Microphone:
    channels = int(device["max_input_channels"])
    if api != "Windows WASAPI":
        channels = min(channels, MAX_CHANNELS)
    name = str(device["name"])
    return Microphone(
        name=name,
        api=api,
        channels=channels,
        rate=max(1, round(device["default_samplerate"])),
        is_loopback=any(word in name.casefold() for word in LOOPBACK_WORDS),
    )


def _portaudio_default() -> tuple[str, str]:
    """Return name and API of the default input of the API that is listed."""
    try:
        with portaudio.devices() as sounddevice:
            apis = sounddevice.query_hostapis()
            index = _preferred_api(apis)
            number = apis[index]["default_input_device"] if index is not None else -1
            if index is None or number < 0:
                return "", ""
            return str(sounddevice.query_devices(number)["name"]), str(apis[index]["name"])
    except portaudio.PortAudioMissingError as exc:
        raise NoMicrophoneError(str(exc)) from exc
