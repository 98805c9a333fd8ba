# Included by CMake after ggml's project(): no folder of the build stands in a library, also not while it
# is linked, for its build id is a digest of that.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
