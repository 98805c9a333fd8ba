"""The application bundle: Info.plist with the texts macOS shows before it asks for permission.

The microphone text is shown by the system. For Accessibility (typing dictated words into other
programs) macOS has no key of its own and shows no text: the program explains it and sends the
person to the settings; the key here is read by no version of macOS, but by administrators' tools.
The texts are translated in en.lproj and zh-Hans.lproj. Nothing asks for the network.
"""

from __future__ import annotations

from pathlib import Path

from app.cli.sources import MEDIA_SUFFIXES
from installer import product

HERE = Path(__file__).resolve().parent
ENTITLEMENTS = HERE / "entitlements.plist"
MINIMUM_MACOS = "12.0"  # Qt 6.11 wants it; text2num and onnxruntime less
TEXTS = {
    "en": {
        "NSMicrophoneUsageDescription": "Songshu listens while you dictate or record. "
        "What it hears stays on this Mac.",
        "NSAccessibilityUsageDescription": "Songshu types what you dictate into other programs.",
        "NSAppleEventsUsageDescription": "Songshu pastes what you dictate into other programs.",
    },
    "zh-Hans": {
        "NSMicrophoneUsageDescription": "松鼠在你听写或录音时使用麦克风，声音只留在这台 Mac 上。",
        "NSAccessibilityUsageDescription": "松鼠把你听写的文字输入到其他程序。",
        "NSAppleEventsUsageDescription": "松鼠把你听写的文字粘贴到其他程序。",
    },
}


def info_plist() -> dict[str, object]:
    """Return what is added to the Info.plist that PyInstaller writes."""
    return {
        "CFBundleDisplayName": product.NAME,
        "CFBundleShortVersionString": product.VERSION,
        "CFBundleVersion": product.VERSION,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": list(TEXTS),
        "CFBundleDocumentTypes": [_documents()],
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMinimumSystemVersion": MINIMUM_MACOS,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": product.COPYRIGHT,
        "NSSupportsAutomaticGraphicsSwitching": True,
        **TEXTS["en"],
    }


def _documents() -> dict[str, object]:
    """Offer Songshu under "Open With", never as the default (rank Alternate)."""
    return {
        "CFBundleTypeName": "Audio or video",
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": ["public.audio", "public.movie"],
        "CFBundleTypeExtensions": sorted(suffix[1:] for suffix in MEDIA_SUFFIXES),
    }


def bundle_arguments() -> dict[str, object]:
    """Return keyword arguments for PyInstaller's ``BUNDLE``, besides name and icon."""
    return {
        "bundle_identifier": product.IDENTIFIER,
        "version": product.VERSION,
        "info_plist": info_plist(),
    }


def strings_file(texts: dict[str, str]) -> str:
    """Write an InfoPlist.strings."""
    return "".join(f'"{key}" = "{value}";\n' for key, value in texts.items())


def write_translations(app: Path) -> list[Path]:
    """Put the translated texts into a bundle.

    Args:
        app: Songshu.app.

    Returns:
        The files written.
    """
    written = []
    for language, texts in TEXTS.items():
        folder = app / "Contents" / "Resources" / f"{language}.lproj"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "InfoPlist.strings"
        path.write_text(strings_file(texts), encoding="utf-8")
        written.append(path)
    return written
