"""The desktop entry of Linux: how menus and "Open with" find Songshu.

One definition for the Debian package and for ``songshu integrate``.

Source: freedesktop.org, Desktop Entry Specification 1.5 (quoting in "Exec").
"""

from __future__ import annotations

from collections.abc import Sequence

FILE_NAME = "songshu.desktop"  # as QGuiApplication.setDesktopFileName says
ICON_NAME = "songshu"
AUDIO_TYPES = (
    "audio/x-wav audio/wav audio/vnd.wave audio/flac audio/x-flac audio/mpeg audio/mp4 audio/x-m4a "
    "audio/x-m4b audio/aac audio/ogg audio/x-vorbis+ogg audio/x-opus+ogg audio/x-flac+ogg "
    "audio/x-speex+ogg audio/x-ms-wma audio/AMR audio/x-aiff audio/x-caf audio/ac3 "
    "audio/x-matroska audio/x-ape audio/x-wavpack audio/webm"
)
VIDEO_TYPES = (
    "video/mp4 video/x-m4v video/quicktime video/x-matroska video/webm video/x-msvideo "
    "video/vnd.avi video/x-ms-wmv video/x-flv video/3gpp video/3gpp2 video/mpeg video/mp2t "
    "video/ogg"
)
MIME_TYPES = tuple(f"{AUDIO_TYPES} {VIDEO_TYPES}".split())
_IN_QUOTES = str.maketrans({char: f"\\{char}" for char in '"`$\\'})


def desktop_entry(command: Sequence[str], icon: str = ICON_NAME) -> str:
    """Write the entry.

    Args:
        command: program and arguments before the files.
        icon: a name in the icon theme, or an absolute path.
    """
    program = command[0].replace("\\", "\\\\")
    return f"""\
[Desktop Entry]
Type=Application
Version=1.4
Name=Songshu
Name[zh_CN]=松鼠
GenericName=Speech recognition
GenericName[zh_CN]=语音识别
Comment=Turn recordings into text, without a network
Comment[zh_CN]=离线把录音变成文字
Keywords=speech;transcribe;transcription;subtitles;dictation;
Keywords[zh_CN]=语音;识别;转写;字幕;听写;
Categories=AudioVideo;Audio;
TryExec={program}
Exec={" ".join(quote(part) for part in command)} %F
Icon={icon}
Terminal=false
StartupNotify=true
StartupWMClass=songshu
X-GNOME-SingleWindow=true
MimeType={";".join(MIME_TYPES)};
"""


def quote(argument: str) -> str:
    """Quote one argument for "Exec", where a percent sign and a backslash mean something too."""
    if argument and all(
        char.isascii() and (char.isalnum() or char in "/._-+") for char in argument
    ):
        return argument
    inside = argument.translate(_IN_QUOTES).replace("%", "%%")
    return '"' + inside.replace("\\", "\\\\") + '"'
