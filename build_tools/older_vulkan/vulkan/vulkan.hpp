// Vulkan's headers, with what those of Debian 12 (1.3.239) lack: VK_EXT_layer_settings came with
// 1.3.272. ggml fills its structures always, and hands them to a layer for developers if there is
// one; every other layer and driver passes over what it does not know.
//
// Source: the Vulkan specification, VkLayerSettingEXT and VkLayerSettingsCreateInfoEXT.
#pragma once
#include_next <vulkan/vulkan.hpp>

#if VK_HEADER_VERSION < 272
#include <cstdint>
#include <vector>

namespace vk {

enum class LayerSettingTypeEXT : std::int32_t { eBool32 = 0 };

struct LayerSettingEXT {
    const char *layer;
    const char *name;
    LayerSettingTypeEXT type;
    std::uint32_t n_values;
    const void *values;
};

struct LayerSettingsCreateInfoEXT {
    explicit LayerSettingsCreateInfoEXT(const std::vector<LayerSettingEXT> &settings)
        : n_settings(static_cast<std::uint32_t>(settings.size())), first(settings.data()) {}

    std::int32_t kind = 1000496000;  // VK_STRUCTURE_TYPE_LAYER_SETTINGS_CREATE_INFO_EXT
    const void *next = nullptr;
    std::uint32_t n_settings;
    const LayerSettingEXT *first;
};

}  // namespace vk
#endif
