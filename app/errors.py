"""Every error that Songshu raises on purpose.

Each class takes facts, keeps them as attributes and builds one message that says what happened and
what to do. Errors of libraries are mapped where the library is called, always ``from exc``. The GUI
chooses its words by class; ``str(error)`` goes to the log and to the command line.

    SongshuError
    ├── PackError                 (also ValueError)
    │   ├── PackNotFoundError     (also FileNotFoundError)
    │   ├── PackFormatError
    │   ├── PackCorruptError
    │   ├── PackImportError       (also OSError)
    │   ├── PackNoSpaceError      (also OSError)
    │   └── PackRemoveError       (also OSError)
    ├── EngineError               (also RuntimeError)
    │   ├── EncoderError
    │   ├── DecoderError
    │   ├── DeviceError           (also ValueError)
    │   └── ContextTooLongError
    ├── LanguageError             (also ValueError)
    ├── AudioError                (also ValueError)
    │   ├── AudioNotFoundError    (also FileNotFoundError)
    │   ├── AudioPermissionError  (also PermissionError)
    │   ├── AudioIsFolderError    (also IsADirectoryError)
    │   ├── AudioReadError        (also OSError)
    │   ├── EmptyAudioError
    │   ├── UnsupportedAudioError
    │   ├── NoAudioTrackError
    │   ├── ProtectedAudioError
    │   └── CorruptAudioError
    ├── PlaybackError             (also RuntimeError)
    │   ├── NoOutputDeviceError
    │   └── OutputDeviceLostError
    ├── RecordingError            (also RuntimeError)
    │   ├── NoMicrophoneError
    │   ├── MicrophoneError
    │   ├── AlreadyRecordingError
    │   ├── RecordingFullError    (also OSError)
    │   └── RecordingWriteError   (also OSError)
    ├── SpeechGateError           (also RuntimeError)
    ├── DictationError            (also RuntimeError)
    │   ├── HotkeyError           (also ValueError)
    │   │   └── HotkeyTakenError
    │   ├── KeyboardError
    │   ├── TypingError
    │   └── AutostartError        (also OSError)
    ├── OutputWriteError          (also OSError)
    ├── NameTemplateError         (also ValueError)
    ├── ReplacementError          (also ValueError)
    ├── ContextFileError          (also OSError)
    └── StoreError
        ├── StoreFolderError      (also OSError)
        ├── StoreReadOnlyError    (also PermissionError)
        ├── StoreFullError        (also OSError)
        ├── StoreBusyError        (also TimeoutError)
        ├── StoreReadError        (also OSError)
        ├── StoreCorruptError
        ├── StoreTooNewError
        ├── ItemNotFoundError     (also LookupError)
        └── LineNotFoundError     (also LookupError)

``Cancelled`` is not an error: it derives from BaseException's other branch, Exception, but not from
SongshuError, so that no handler for errors shows it to anyone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class Cancelled(Exception):  # noqa: N818 - it is not an error
    """Somebody asked for the work to stop; what was finished before is kept."""


class SongshuError(Exception):
    """Base of all errors that are meant to be shown to a person."""


class PackError(SongshuError, ValueError):
    """A model pack cannot be used."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class PackNotFoundError(PackError, FileNotFoundError):
    """There is no pack at a path, or none anywhere."""

    def __init__(self, path: Path, searched: Sequence[Path] = ()) -> None:
        self.searched = tuple(searched)
        places = "".join(f"\n  {place}" for place in self.searched)
        where = f" Looked in:{places}" if places else ""
        super().__init__(
            path,
            f"No model pack at {path}. Give the folder that holds manifest.json, or the pack file."
            + where,
        )


class PackFormatError(PackError):
    """The manifest is missing, unreadable, of another version, or lacks something."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path, f"{path} is not a usable model pack: {reason}. Export or copy the pack again."
        )


class PackCorruptError(PackError):
    """Files of a pack are missing or differ from what the manifest says."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(self.problems)
        super().__init__(path, f"The model pack {path} is damaged: {listed}. Copy it again.")


class PackImportError(PackError, OSError):
    """A pack could not be copied into the user's folder."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"The model pack {path} could not be copied: {reason}. Nothing was left behind. Check "
            "that its disk is connected and that the folder for models can be written.",
        )


class PackNoSpaceError(PackError, OSError):
    """The disk has no room for a pack."""

    def __init__(self, path: Path, needed_bytes: int, free_bytes: int) -> None:
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes
        super().__init__(
            path,
            f"The model pack {path} needs {needed_bytes / 1e6:,.0f} MB, but only "
            f"{free_bytes / 1e6:,.0f} MB are free. Nothing was left behind. Free some space, then "
            "try again.",
        )


class PackRemoveError(PackError, OSError):
    """A pack could not be deleted."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"The model pack {path} could not be removed: {reason}. Close what uses it, then try "
            "again.",
        )


class EngineError(SongshuError, RuntimeError):
    """The recognition engine failed."""


class EncoderError(EngineError):
    """ONNX Runtime could not load or run a part of the audio encoder."""

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(
            f"The audio encoder ({part}) failed: {reason}. Verify the pack; if it is intact, "
            "close other programs to free memory and try again."
        )


class DecoderError(EngineError):
    """llama.cpp could not load or run the text decoder."""

    def __init__(self, step: str, reason: str) -> None:
        self.step = step
        self.reason = reason
        super().__init__(
            f"The text decoder failed to {step}: {reason}. Verify the pack; if it is intact, "
            "close other programs to free memory and try again."
        )


class DeviceError(EngineError, ValueError):
    """A device to compute on cannot be used; the processor always can."""

    def __init__(self, device: str, reason: str) -> None:
        self.device = device
        self.reason = reason
        super().__init__(
            f"{device} cannot be used: {reason}. The command 'devices' lists what there is."
        )


class ContextTooLongError(EngineError, ValueError):
    """The context text leaves no room for the audio."""

    def __init__(self, n_tokens: int, limit_tokens: int) -> None:
        self.n_tokens = n_tokens
        self.limit_tokens = limit_tokens
        super().__init__(
            f"The context has {n_tokens} tokens, at most {limit_tokens} fit. Shorten it."
        )


class LanguageError(SongshuError, ValueError):
    """A language was asked for that the pack does not know."""

    def __init__(self, language: str, supported: Sequence[str]) -> None:
        self.language = language
        self.supported = tuple(supported)
        super().__init__(
            f"This model does not know the language {language!r}. "
            f"It knows: {', '.join(self.supported)}."
        )


class AudioError(SongshuError, ValueError):
    """An audio source cannot be read.

    Attributes:
        name: the path as it was given, or a name for what has no path, such as standard input.
    """

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


class AudioNotFoundError(AudioError, FileNotFoundError):
    """There is no file at a path."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"There is no file {name}. Check the path.")


class AudioPermissionError(AudioError, PermissionError):
    """The system does not let us read a file."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name, f"You may not read {name}. Change its permissions or copy it elsewhere."
        )


class AudioIsFolderError(AudioError, IsADirectoryError):
    """A folder was given where one file is needed."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"{name} is a folder. Give the audio or video files in it.")


class AudioReadError(AudioError, OSError):
    """The operating system failed while a source was read."""

    def __init__(self, name: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            name,
            f"Reading {name} failed: {reason}. Check that the disk or network drive is connected "
            "and has free space, then try again.",
        )


class EmptyAudioError(AudioError):
    """A source has no bytes at all."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"{name} is empty (0 bytes). Record or copy it again.")


class UnsupportedAudioError(AudioError):
    """The format, or the codec of the audio track, is not one we can decode."""

    def __init__(self, name: str, codec: str = "") -> None:
        self.codec = codec
        what = (
            f"has an audio codec that cannot be decoded ({codec})"
            if codec
            else ("is not an audio or video file of a known format")
        )
        super().__init__(name, f"{name} {what}. Convert it to WAV, FLAC, MP3, M4A or Opus.")


class NoAudioTrackError(AudioError):
    """A media file has no audio track."""

    def __init__(self, name: str, track_kinds: Sequence[str]) -> None:
        self.track_kinds = tuple(track_kinds)
        tracks = ", ".join(self.track_kinds) or "nothing"
        super().__init__(
            name, f"{name} has no audio track (it holds: {tracks}). Choose a file with sound."
        )


class ProtectedAudioError(AudioError):
    """The audio is encrypted (DRM)."""

    def __init__(self, name: str, scheme: str) -> None:
        self.scheme = scheme
        super().__init__(
            name,
            f"{name} is copy-protected ({scheme}) and cannot be decoded. Use an unprotected copy.",
        )


class CorruptAudioError(AudioError):
    """The format is known, but no audio could be decoded."""

    def __init__(self, name: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            name,
            f"{name} is damaged or incomplete: {reason}. Copy or download it again; if a recording "
            "was cut off, repair it with the program that made it.",
        )


class PlaybackError(SongshuError, RuntimeError):
    """Sound cannot be played; the file itself is fine."""


class NoOutputDeviceError(PlaybackError):
    """There is no loudspeaker, or the system does not let us use it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"No sound can be played: {reason}. Connect loudspeakers or headphones, or close the "
            "program that holds them, then press play again."
        )


class OutputDeviceLostError(PlaybackError):
    """The loudspeaker went away, or stopped taking sound, while it played."""

    def __init__(self, position_s: float) -> None:
        self.position_s = position_s
        super().__init__(
            f"The sound device stopped at {position_s:.1f} s of the recording. Connect it again "
            "or choose another one in the system's settings, then press play."
        )


class RecordingError(SongshuError, RuntimeError):
    """Sound cannot be recorded, or not be kept."""


class NoMicrophoneError(RecordingError):
    """There is no microphone at all, or nothing to reach one with."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"There is no microphone: {reason}. Connect one, or allow Songshu to use it in the "
            "system's privacy settings."
        )


class MicrophoneError(RecordingError):
    """A microphone is there but cannot be used."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(
            f'The microphone "{name}" cannot be used: {reason}. Close the program that holds it, '
            "connect it again, or choose another one."
        )


class AlreadyRecordingError(RecordingError):
    """Two recordings at once are asked for."""

    def __init__(self) -> None:
        super().__init__("Songshu is recording already. Stop that recording first.")


class RecordingFullError(RecordingError, OSError):
    """The disk has no room for a recording."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"The disk that holds {path} is full. Free some space. Everything recorded up to here "
            "is kept."
        )


class RecordingWriteError(RecordingError, OSError):
    """A recording could not be written for another reason."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"Writing the recording {path} failed: {reason}. Check that its disk is connected and "
            "can be written. What is in the file already is kept."
        )


class SpeechGateError(SongshuError, RuntimeError):
    """The speech gate's model could not be loaded or run."""

    def __init__(self, step: str, reason: str) -> None:
        self.step = step
        self.reason = reason
        super().__init__(
            f"The speech gate could not {step} its model: {reason}. Install Songshu again; until "
            "then the gate can be switched off."
        )


class DictationError(SongshuError, RuntimeError):
    """Dictation into other programs cannot do something; no recording and no text is lost by it."""


class HotkeyError(DictationError, ValueError):
    """A global shortcut cannot be used."""

    def __init__(self, chord: str, reason: str) -> None:
        self.chord = chord
        self.reason = reason
        super().__init__(
            f'The shortcut "{chord}" cannot be used: {reason}. Choose another one in the settings.'
        )


class HotkeyTakenError(HotkeyError):
    """Another program has the shortcut."""

    def __init__(self, chord: str) -> None:
        super().__init__(chord, "another program has it")


class KeyboardError(DictationError):
    """The system gives us no global shortcuts, or does not let us type."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"Global shortcuts and typing do not work here: {reason}. Bind the command "
            '"Songshu --toggle" to a key in the settings of your desktop.'
        )


class TypingError(DictationError):
    """A text could not be typed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The text could not be typed: {reason}. It is on the clipboard; press Ctrl+V."
        )


class AutostartError(DictationError, OSError):
    """Starting at login could not be switched."""

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(
            f"Starting at login could not be changed in {place}: {reason}. Add Songshu in the "
            "settings of your system instead."
        )


class OutputWriteError(SongshuError, OSError):
    """A transcript could not be written."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"Writing {path} failed: {reason}. Choose another folder or free some space."
        )


class NameTemplateError(SongshuError, ValueError):
    """A template for file names cannot be used."""

    def __init__(self, template: str, reason: str, fields: Sequence[str]) -> None:
        self.template = template
        self.reason = reason
        self.fields = tuple(fields)
        listed = ", ".join(f"{{{field}}}" for field in self.fields)
        super().__init__(
            f'The file name "{template}" cannot be used: {reason}. These stand for something: '
            f"{listed}."
        )


class ReplacementError(SongshuError, ValueError):
    """A rule for replacing words cannot be used."""

    def __init__(self, rule: str, reason: str, line: int | None = None) -> None:
        self.rule = rule
        self.reason = reason
        self.line = line
        where = f" in line {line}" if line is not None else ""
        super().__init__(f'The replacement "{rule}"{where} cannot be used: {reason}.')


class ContextFileError(SongshuError, OSError):
    """A file with context text cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"The context file {path} cannot be read: {reason}. Give a text file in UTF-8."
        )


class StoreError(SongshuError):
    """The file that holds queue, transcripts and settings cannot be used."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class StoreFolderError(StoreError, OSError):
    """The folder for the user's data cannot be made or written."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"Songshu cannot keep its data in {path}: {reason}. Make this folder writable; a "
            "portable copy can be moved to another place.",
        )


class StoreReadOnlyError(StoreError, PermissionError):
    """The system does not let us write the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"{path} cannot be written, so nothing new would be kept. Make the file and its folder "
            "writable. What is in it is unchanged.",
        )


class StoreFullError(StoreError, OSError):
    """The disk is full."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"The disk that holds {path} is full. Free some space, then try again. Everything up "
            "to the last finished line is kept.",
        )


class StoreBusyError(StoreError, TimeoutError):
    """Another program keeps the file locked."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"Another program keeps {path} locked. Close other copies of Songshu, backup and sync "
            "programs, then try again.",
        )


class StoreReadError(StoreError, OSError):
    """The file could not be read or written for another reason."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"Reading or writing {path} failed: {reason}. Check that its disk is connected and "
            "sound, then try again.",
        )


class StoreCorruptError(StoreError):
    """The file is damaged, or is not ours."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(
            path,
            f"{path} is damaged: {reason}. Start Songshu again: it sets the file aside, deletes "
            "nothing, and begins a new one.",
        )


class StoreTooNewError(StoreError):
    """A later version of Songshu wrote the file."""

    def __init__(self, path: Path, version: int, known: int) -> None:
        self.version = version
        self.known = known
        super().__init__(
            path,
            f"{path} was written by a later Songshu (format {version}, this one knows {known}). "
            "Use the later Songshu, or move the file away. It is unchanged.",
        )


class ItemNotFoundError(StoreError, LookupError):
    """There is no such item, or it was deleted for good."""

    def __init__(self, path: Path, item_id: int) -> None:
        self.item_id = item_id
        super().__init__(path, f"There is no entry {item_id} in {path}; it was deleted.")


class LineNotFoundError(StoreError, LookupError):
    """There is no such line."""

    def __init__(self, path: Path, line_id: int) -> None:
        self.line_id = line_id
        super().__init__(path, f"There is no line {line_id} in {path}; it was deleted or merged.")
