/* BLAKE2b (RFC 7693) with a digest of 32 bytes and no key: hashlib.blake2b(digest_size=32). */
#ifndef SONGSHU_BLAKE2B_H
#define SONGSHU_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32

struct blake2b {
    uint64_t state[8];
    uint64_t n_bytes; /* of the blocks that are in the state */
    size_t n_held;    /* bytes that wait in `block`: the last one is treated differently */
    uint8_t block[128];
};

void blake2b_begin(struct blake2b *hash);
void blake2b_add(struct blake2b *hash, const uint8_t *data, size_t n_bytes);
void blake2b_end(struct blake2b *hash, uint8_t digest[DIGEST_BYTES]);

#endif
