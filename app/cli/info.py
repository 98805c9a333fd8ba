"""The commands that only tell: ``packs list``, ``packs info``, ``packs verify`` and ``devices``."""

from __future__ import annotations

import json
import platform
from pathlib import Path

from app import paths
from app.cli.terminal import Terminal
from app.engine.device_guard import DeviceGuard
from app.engine.devices import Device
from app.engine.loading import LoadOptions
from app.engine.pack import Pack, find_packs, open_pack
from app.engine.pack_choice import choose_pack
from app.engine.placement import CPU, parse_placement
from app.errors import PackError

MB = 1_000_000
MANY_LANGUAGES = 3  # more are counted, not named, where space is short


def list_packs(terminal: Terminal) -> int:
    """Print one line for every pack; returns 3 if there is no usable one."""
    folders = paths.pack_folders()
    n_usable = 0
    for path in find_packs(folders):
        try:
            terminal.write(_pack_line(open_pack(path)))
            n_usable += 1
        except PackError as exc:
            terminal.message(f"songshu: {exc}")
    if n_usable:
        return 0
    terminal.message("No model pack was found. Looked in:")
    for folder in folders:
        terminal.message(f"  {folder}")
    return 3


def _pack_line(pack: Pack) -> str:
    languages = pack.manifest.languages
    spoken = (
        f"{len(languages)} languages" if len(languages) > MANY_LANGUAGES else ", ".join(languages)
    )
    return f"{pack.name}\t{pack.n_bytes / MB:,.0f} MB\t{spoken}\t{pack.path}\n"


def show_pack(terminal: Terminal, wanted: str | None) -> int:
    """Print what a pack says of itself."""
    pack = open_pack(choose_pack(wanted))
    for name, fact in _pack_facts(pack).items():
        terminal.write(f"{name + ':':14}{fact}\n")
    return 0


def _pack_facts(pack: Pack) -> dict[str, str]:
    manifest = pack.manifest
    encoder, decoder = manifest.encoder, manifest.decoder
    sizes = f"{decoder.n_layers} layers, width {decoder.hidden_size}"
    facts = {
        "name": pack.name,
        "path": str(pack.path),
        "size": f"{pack.n_bytes / MB:,.1f} MB in {len(manifest.files)} files",
        "description": manifest.description,
        "licence": manifest.license,
        "languages": ", ".join(manifest.languages),
        "encoder": f"{encoder.quantization}, {encoder.attention}, width {encoder.d_model}",
        "decoder": f"{decoder.quantization}, {sizes}",
    }
    if manifest.quality:
        facts["quality"] = json.dumps(dict(manifest.quality), ensure_ascii=False)
    return {name: fact for name, fact in facts.items() if fact}


def verify_pack(terminal: Terminal, wanted: str | None) -> int:
    """Compare every file of a pack with its checksum.

    Raises:
        PackCorruptError: lists what is missing or has changed.
    """
    pack = open_pack(choose_pack(wanted))

    def on_progress(done_bytes: int, all_bytes: int) -> None:
        terminal.draw_progress(f"{pack.name}  {done_bytes / max(1, all_bytes):4.0%}")

    try:
        pack.verify(on_progress)
    finally:
        terminal.clear_progress()
    terminal.write(f"{pack.name}: all {len(pack.manifest.files)} files are intact\n")
    return 0


def show_devices(terminal: Terminal) -> int:
    """Print what there is to compute with."""
    from app.engine import devices, encoder, llama, machine

    facts = {
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "processor": processor_name(),
        "threads": f"{machine.default_threads()} by default (physical cores we may use)",
        "ONNX Runtime": ", ".join(encoder.providers()),
        "llama.cpp": llama.system_info(),
    }
    for name, fact in facts.items():
        terminal.write(f"{name + ':':14}{fact}\n")
    for device in devices.find_devices():
        terminal.write(f"{'device:':14}{_device_line(device)}\n")
    return 0


def _device_line(device: Device) -> str:
    name = device.name or "graphics card"
    shown = f"{device.key}: {name}" if device.key else name
    if not device.is_usable:
        return f"{shown}, not used: {device.reason}"
    if device.key == CPU:
        return f"{shown}, used by default"
    tested = "passed its test" if device.outcome else "is tested at its first use"
    return f"{shown}, {tested}"


def test_device(terminal: Terminal, guard: DeviceGuard, key: str, pack: str | None) -> int:
    """Test a device anew; returns 1 if it may not be used.

    Raises:
        DeviceError: nothing is called so. PackError: there is no such model.
    """
    placement = parse_placement(key)
    options = LoadOptions(pack=pack, n_threads=None, use_gate=False, device=placement.key)
    if placement.is_processor:
        terminal.write(f"{placement.key}: needs no test\n")
        return 0
    guard.forget(placement)
    refusal = guard.check(placement, options)
    terminal.clear_progress()
    if refusal is not None:
        terminal.message(f"songshu: {refusal}")
        return 1
    terminal.write(f"{placement.key}: passed its test\n")
    return 0


def processor_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's name as its maker writes it, where the system tells."""
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
