/* Decompression of one LZ4 block. */
#ifndef SONGSHU_LZ4_H
#define SONGSHU_LZ4_H

#include <stddef.h>
#include <stdint.h>

/* Decompress `from` into exactly `n_to` bytes. Returns 0, or -1 if the block is damaged. */
int lz4_decompress(const uint8_t *from, size_t n_from, uint8_t *to, size_t n_to);

#endif
