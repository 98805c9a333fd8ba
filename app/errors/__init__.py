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
    │   ├── NoModelError
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

One module for each family; everything is imported from here.
"""

from __future__ import annotations

from app.errors.audio import (
    AudioError,
    AudioIsFolderError,
    AudioNotFoundError,
    AudioPermissionError,
    AudioReadError,
    CorruptAudioError,
    EmptyAudioError,
    NoAudioTrackError,
    ProtectedAudioError,
    UnsupportedAudioError,
)
from app.errors.base import (
    Cancelled,
    SongshuError,
)
from app.errors.dictation import (
    AutostartError,
    DictationError,
    HotkeyError,
    HotkeyTakenError,
    KeyboardError,
    TypingError,
)
from app.errors.engine import (
    ContextTooLongError,
    DecoderError,
    DeviceError,
    EncoderError,
    EngineError,
    LanguageError,
    NoModelError,
    SpeechGateError,
)
from app.errors.packs import (
    PackCorruptError,
    PackError,
    PackFormatError,
    PackImportError,
    PackNoSpaceError,
    PackNotFoundError,
    PackRemoveError,
)
from app.errors.sound import (
    AlreadyRecordingError,
    MicrophoneError,
    NoMicrophoneError,
    NoOutputDeviceError,
    OutputDeviceLostError,
    PlaybackError,
    RecordingError,
    RecordingFullError,
    RecordingWriteError,
)
from app.errors.store import (
    ItemNotFoundError,
    LineNotFoundError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFolderError,
    StoreFullError,
    StoreReadError,
    StoreReadOnlyError,
    StoreTooNewError,
)
from app.errors.texts import (
    ContextFileError,
    NameTemplateError,
    OutputWriteError,
    ReplacementError,
)

__all__ = [
    "AlreadyRecordingError",
    "AudioError",
    "AudioIsFolderError",
    "AudioNotFoundError",
    "AudioPermissionError",
    "AudioReadError",
    "AutostartError",
    "Cancelled",
    "ContextFileError",
    "ContextTooLongError",
    "CorruptAudioError",
    "DecoderError",
    "DeviceError",
    "DictationError",
    "EmptyAudioError",
    "EncoderError",
    "EngineError",
    "HotkeyError",
    "HotkeyTakenError",
    "ItemNotFoundError",
    "KeyboardError",
    "LanguageError",
    "LineNotFoundError",
    "MicrophoneError",
    "NameTemplateError",
    "NoAudioTrackError",
    "NoMicrophoneError",
    "NoModelError",
    "NoOutputDeviceError",
    "OutputDeviceLostError",
    "OutputWriteError",
    "PackCorruptError",
    "PackError",
    "PackFormatError",
    "PackImportError",
    "PackNoSpaceError",
    "PackNotFoundError",
    "PackRemoveError",
    "PlaybackError",
    "ProtectedAudioError",
    "RecordingError",
    "RecordingFullError",
    "RecordingWriteError",
    "ReplacementError",
    "SongshuError",
    "SpeechGateError",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreFolderError",
    "StoreFullError",
    "StoreReadError",
    "StoreReadOnlyError",
    "StoreTooNewError",
    "TypingError",
    "UnsupportedAudioError",
]
