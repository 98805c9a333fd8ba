/* LZ4 blocks, written from the public description of the format (lz4_Block_format.md).
 *
 * A block is a row of sequences: a byte with two lengths of 4 bits, literals, and a copy of what
 * came out before (2 bytes: how far back). A length of 15 goes on in the bytes that follow.
 * LZ4 and not zlib: it comes out four times as fast, see docs/FROZEN.md.
 */
#include "lz4.h"

#include <string.h>

#define MIN_MATCH 4
#define LONG_LENGTH 15

static int read_length(const uint8_t **from, const uint8_t *end, size_t *length)
{
    uint8_t more;
    if (*length != LONG_LENGTH)
        return 0;
    do {
        if (*from >= end)
            return -1;
        more = *(*from)++;
        *length += more;
    } while (more == 255);
    return 0;
}

static void copy_back(uint8_t *to, size_t distance, size_t length)
{
    if (distance >= length) {
        memcpy(to, to - distance, length);
        return;
    }
    if (distance >= 8)
        for (; length >= 8; to += 8, length -= 8)
            memcpy(to, to - distance, 8);
    for (; length; to++, length--) /* overlapping: each byte may be one just written */
        *to = *(to - distance);
}

int lz4_decompress(const uint8_t *from, size_t n_from, uint8_t *to, size_t n_to)
{
    const uint8_t *end = from + n_from;
    uint8_t *const start = to, *const to_end = to + n_to;
    while (from < end) {
        uint8_t token = *from++;
        size_t length = token >> 4, distance;
        if (read_length(&from, end, &length) || length > (size_t)(end - from) ||
            length > (size_t)(to_end - to))
            return -1;
        memcpy(to, from, length);
        from += length, to += length;
        if (from == end) /* the last sequence is literals only */
            break;
        if (end - from < 2)
            return -1;
        distance = (size_t)from[0] | (size_t)from[1] << 8;
        from += 2;
        length = token & 15;
        if (read_length(&from, end, &length))
            return -1;
        length += MIN_MATCH;
        if (!distance || distance > (size_t)(to - start) || length > (size_t)(to_end - to))
            return -1;
        copy_back(to, distance, length);
        to += length;
    }
    return to == to_end ? 0 : -1;
}
