/* The program inside the executable: its index, and how it is unpacked.
 *
 * payload: index_bytes u32, n_entries u32, entries, then blocks (little-endian, unaligned).
 * entry:   kind u8, path_bytes u16, n_bytes u64, digest[32], path in UTF-8 with '/'.
 * block:   n_from u32, n_to u32, n_from bytes: LZ4, or stored where both are equal.
 * What comes out of all blocks is the content of all entries, one after the other; the content of a
 * link is where it leads to. Written by build_tools.payload.
 */
#ifndef SONGSHU_PACKAGE_H
#define SONGSHU_PACKAGE_H

#include "layout.h"
#include "system.h"

#include <stdio.h>

enum kind { PLAIN_FILE, PROGRAM, LINK, EARLY_FILE }; /* early: read by every start of the window */

struct entry {
    enum kind kind;
    uint64_t n_bytes;
    char path[ENTRY_PATH_BYTES];
};

struct package {
    FILE *file;             /* the executable itself */
    uint64_t blocks_offset; /* in it */
    uint32_t n_entries;
    struct entry *entries;
};

/* Each returns 0, or -1; `package_error` then says why, for people. */
int package_open(struct package *package, const char *executable);
int package_unpack(const struct package *package, const char *folder);

/* Whether every file lies in the folder with its size: what a virus scanner has taken is missed. */
int package_is_complete(const struct package *package, const char *folder);

extern const char *package_error;

#endif
