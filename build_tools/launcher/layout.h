/* Where things lie inside the executable.
 *
 *     launcher | pack (page-aligned, never copied) | payload (the program, unpacked once)
 *
 * build_tools.joining writes the places into `layout`, which it finds by its magic: nothing is
 * searched for at a start, however large the pack is, and a signature may follow the payload.
 */
#ifndef SONGSHU_LAYOUT_H
#define SONGSHU_LAYOUT_H

#include "blake2b.h"

#define MAGIC_BYTES 24

struct layout {
    char magic[MAGIC_BYTES];
    uint64_t pack_offset, pack_bytes;       /* 0 bytes: there is no pack inside */
    uint64_t payload_offset, payload_bytes;
    uint8_t payload_digest[DIGEST_BYTES];   /* its first 8 bytes name the folder of the cache */
};

extern const volatile struct layout layout; /* volatile: the compiler must not know what it holds */

#endif
