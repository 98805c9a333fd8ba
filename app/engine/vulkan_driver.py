"""Which driver stands behind a graphics card: asked of the system's Vulkan itself.

ggml tells a card's name only. A verdict on a card holds for the driver that it was reached with,
and Vulkan marks every build of a driver with 16 bytes (pipelineCacheUUID), which are its mark here.
To be called in a child process: making an instance loads every driver of the system.

Source: the Vulkan specification, VkPhysicalDeviceProperties2 and VkPhysicalDeviceDriverProperties.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, byref, c_char, c_uint8, c_uint32, c_void_p
from dataclasses import dataclass
from typing import Any

_LIBRARIES = {"win32": "vulkan-1.dll", "darwin": "libvulkan.1.dylib"}
_APPLICATION_INFO, _INSTANCE_INFO = 0, 1  # VkStructureType
_PROPERTIES_2, _DRIVER_PROPERTIES = 1000059001, 1000196000
_VULKAN_1_2 = (1 << 22) | (2 << 12)  # the first with driver properties; ggml asks for it too
_MAX_CARDS = 16
_LIMITS_BYTES = 1024  # more than VkPhysicalDeviceLimits and the sparse properties take (524)


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A card and what drives it.

    Attributes:
        card: as the driver calls the card.
        name: name and version of the driver, for people.
        build: mark of this very build of it, in hexadecimal digits.
    """

    card: str
    name: str
    build: str


class _ApplicationInfo(ctypes.Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("next", c_void_p),
        ("name", c_void_p),
        ("version", c_uint32),
        ("engine", c_void_p),
        ("engine_version", c_uint32),
        ("api_version", c_uint32),
    ]


class _InstanceInfo(ctypes.Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("next", c_void_p),
        ("flags", c_uint32),
        ("application", POINTER(_ApplicationInfo)),
        ("n_layers", c_uint32),
        ("layers", c_void_p),
        ("n_extensions", c_uint32),
        ("extensions", c_void_p),
    ]


class _DriverProperties(ctypes.Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("next", c_void_p),
        ("driver_id", c_uint32),
        ("name", c_char * 256),
        ("info", c_char * 256),
        ("conformance", c_uint8 * 4),
    ]


class _Properties(ctypes.Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("next", c_void_p),
        ("api_version", c_uint32),
        ("driver_version", c_uint32),
        ("vendor", c_uint32),
        ("device", c_uint32),
        ("type", c_uint32),
        ("card", c_char * 256),
        ("build", c_uint8 * 16),
        ("limits", c_uint8 * _LIMITS_BYTES),
    ]


def list_drivers() -> list[Driver]:
    """List the cards that Vulkan shows, with their drivers; none where there is no Vulkan."""
    try:
        vulkan = ctypes.CDLL(_LIBRARIES.get(sys.platform, "libvulkan.so.1"))
    except OSError:
        return []
    application = _ApplicationInfo(kind=_APPLICATION_INFO, api_version=_VULKAN_1_2)
    info = _InstanceInfo(kind=_INSTANCE_INFO, application=ctypes.pointer(application))
    instance = c_void_p()
    if vulkan.vkCreateInstance(byref(info), None, byref(instance)) != 0:
        return []
    try:
        return [_driver(vulkan, card) for card in _cards(vulkan, instance)]
    finally:
        vulkan.vkDestroyInstance.argtypes = [c_void_p, c_void_p]
        vulkan.vkDestroyInstance(instance, None)


def _cards(vulkan: Any, instance: c_void_p) -> list[int]:
    count, handles = c_uint32(_MAX_CARDS), (c_void_p * _MAX_CARDS)()
    if vulkan.vkEnumeratePhysicalDevices(instance, byref(count), handles) < 0:
        return []
    return [handle for handle in handles[: count.value] if handle]


def _driver(vulkan: Any, card: int) -> Driver:
    driver = _DriverProperties(kind=_DRIVER_PROPERTIES)
    found = _Properties(kind=_PROPERTIES_2, next=ctypes.addressof(driver))
    vulkan.vkGetPhysicalDeviceProperties2.argtypes = [c_void_p, c_void_p]
    vulkan.vkGetPhysicalDeviceProperties2.restype = None
    vulkan.vkGetPhysicalDeviceProperties2(card, ctypes.addressof(found))
    name = f"{_text(driver.name)} {_text(driver.info)}".strip()
    return Driver(
        card=_text(found.card),
        name=name or f"version {found.driver_version:#x}",
        build=bytes(found.build).hex(),
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()
