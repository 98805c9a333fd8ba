# Included by CMake after every project(): what is compiled must not tell where that was done (pip
# unpacks the sources into a folder with a random name), or no two builds are the same.
if(NOT MSVC)
  add_compile_options(
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." "-ffile-prefix-map=${CMAKE_BINARY_DIR}=.")
endif()
