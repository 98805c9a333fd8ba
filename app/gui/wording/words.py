"""Words for people: times, sizes, states and errors, translated; the GUI's only place for each.

An error's class chooses its words; ``str(error)`` stays English and goes to the log and the details
box. A failed item only keeps the name of the class in the store, so the same words come back after
a restart, in the language of that day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QLocale, QTime

from app.engine.outcome import Outcome, Refusal

translate = QCoreApplication.translate  # by this name lupdate finds what stands in it


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWords:
    """What happened, and the one thing to do about it.

    Attributes:
        what: one sentence.
        action: key of the button: "retry", "locate", "choose_model" or "close".
    """

    what: str
    action: str = "retry"


def error_words(kind: str) -> ErrorWords:
    """Give the words for an error.

    Args:
        kind: name of its class; one we do not know gets general words.
    """
    table = {
        "AudioNotFoundError": translate("words", "The file is no longer where it was."),
        "AudioPermissionError": translate("words", "The system does not let Songshu read it."),
        "AudioIsFolderError": translate("words", "This is a folder, not a file."),
        "AudioReadError": translate("words", "Reading failed. Is the disk connected?"),
        "EmptyAudioError": translate("words", "The file is empty."),
        "UnsupportedAudioError": translate("words", "This is no sound or video that we know."),
        "NoAudioTrackError": translate("words", "There is no sound in this file."),
        "ProtectedAudioError": translate("words", "The file is copy-protected."),
        "CorruptAudioError": translate("words", "The file is damaged or incomplete."),
        "LanguageError": translate("words", "The model does not know the chosen language."),
        "ContextTooLongError": translate("words", "The context is too long for the model."),
        "EncoderError": translate("words", "The model failed. Is there enough memory?"),
        "DecoderError": translate("words", "The model failed. Is there enough memory?"),
        "SpeechGateError": translate("words", "The speech detector could not start."),
        "MemoryError": translate("words", "There is too little memory."),
        "NoOutputDeviceError": translate(
            "words", "No loudspeaker was found. Connect one and press play."
        ),
        "OutputDeviceLostError": translate(
            "words", "The sound device went away. Connect one and press play."
        ),
    }
    models = {
        "NoModelError": translate("words", "There is no model that can be used."),
        "PackNotFoundError": translate("words", "No model was found."),
        "PackFormatError": translate("words", "The model cannot be used."),
        "PackCorruptError": translate("words", "The model is damaged."),
    }
    if kind == "Crash":
        return ErrorWords(what=translate("words", "Songshu crashed the last time."), action="close")
    if kind == "AudioNotFoundError":
        return ErrorWords(what=table[kind], action="locate")
    if kind in models:
        return ErrorWords(what=models[kind], action="choose_model")
    return ErrorWords(what=table.get(kind, translate("words", "Something went wrong.")))


def sound_words(kind: str) -> str:
    """Say what was wrong with the sound of a finished item.

    Args:
        kind: class name of the warning.
    """
    table = {
        "TruncatedTail": translate(
            "words",
            "The file ends too early, as if it was not copied to its end. What there is was "
            "recognised.",
        ),
        "LostSound": translate(
            "words", "Sound is missing in the middle of the file. The rest was recognised."
        ),
    }
    damaged = translate(
        "words", "The file is damaged in places. They were left out, the rest was recognised."
    )
    return table.get(kind, damaged)


def clock(seconds: float) -> str:
    """Give a position: "0:07", "12:40", "1:02:03"."""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def time_left(seconds: float) -> str:
    """Give how long something will still take, as exactly as anyone can know it."""
    if seconds < 60:
        return translate("words", "{n} s left").format(n=max(1, round(seconds)))
    if seconds < 3600:
        return translate("words", "{n} min left").format(n=round(seconds / 60))
    hours, minutes = divmod(round(seconds / 60), 60)
    return translate("words", "{hours} h {minutes} min left").format(hours=hours, minutes=minutes)


def speed(factor: float) -> str:
    """Give a speed: "9× real time"."""
    number = f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}"
    return translate("words", "{number}× real time").format(
        number=QLocale().toString(float(number))
    )


def device(name: str) -> str:
    """Give what the engine runs on; it says it in English."""
    match = re.fullmatch(r"CPU, (\d+) threads?", name)
    if match is None:
        return name
    n = int(match[1])
    one, many = translate("words", "CPU, 1 thread"), translate("words", "CPU, {n} threads")
    return one if n == 1 else many.format(n=n)


def device_refused(refusal: Refusal) -> str:
    """Say why a device is not used, and that the work goes on."""
    goes_on = translate("words", "The processor recognises instead.")
    return f"{device_reason(refusal.outcome, refusal.name)} {goes_on}"


def device_reason(outcome: Outcome, name: str) -> str:
    """Say why a device cannot be used."""
    table = {
        Outcome.GARBAGE: translate("words", "{name} computed nonsense in its test."),
        Outcome.CRASH: translate("words", "The driver of {name} crashed in its test."),
        Outcome.HANG: translate("words", "{name} gave no answer in its test."),
        Outcome.FAILED: translate("words", "{name} cannot run this model."),
        Outcome.DIED: translate("words", "Songshu ended twice while {name} computed."),
        Outcome.ABSENT: translate("words", "{name} was not found."),
    }
    return table[outcome].format(name=name)


def day(when: date, today: date) -> str:
    """Give a day as people call it."""
    if when == today:
        return translate("words", "Today")
    if when == today - timedelta(days=1):
        return translate("words", "Yesterday")
    locale = QLocale()
    short = when.year == today.year
    text = locale.toString(when, "dddd, d MMMM" if short else "d MMMM yyyy")  # type: ignore[call-overload]
    if locale.language() == QLocale.Language.Chinese:
        text = locale.toString(when, "M月d日 dddd" if short else "yyyy年M月d日")  # type: ignore[call-overload]
    return str(text)


def recording(when: datetime) -> str:
    """Name a recording after the time at which it began; the list tells the day."""
    moment = QTime(when.hour, when.minute)
    text = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
    return translate("words", "Recording {when}").format(when=text)


def files(n: int) -> str:
    """Give a number of files."""
    return translate("words", "1 file") if n == 1 else translate("words", "{n} files").format(n=n)


def tr(text: str) -> str:
    """Translate a text that no widget owns; call it as ``words.tr``, so that lupdate sees it."""
    return QCoreApplication.translate("words", text)
