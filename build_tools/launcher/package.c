/* Read the index, compare a folder with it, fill a folder. See package.h for the format. */
#include "package.h"

#include "lz4.h"
#include "blake2b.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_HEAD_BYTES 43
#define MAX_INDEX_BYTES (16u << 20) /* 100 times what there is: a damaged number asks for no more */
#define MAX_BLOCK_BYTES (16u << 20)

const char *package_error = "";

static int fail(const char *why)
{
    package_error = why;
    return -1;
}

static uint64_t little_endian(const uint8_t *p, int n_bytes)
{
    uint64_t value = 0;
    for (int i = n_bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

static int read_entries(struct package *package, const uint8_t *index, uint32_t n_bytes)
{
    uint32_t at = 0;
    package->entries = calloc(package->n_entries + 1u, sizeof *package->entries);
    if (!package->entries)
        return fail("There is not enough memory.");
    for (uint32_t i = 0; i < package->n_entries; i++) {
        struct entry *entry = &package->entries[i];
        uint32_t path_bytes;
        if (n_bytes - at < ENTRY_HEAD_BYTES)
            return fail("This file is damaged. Please get it again.");
        path_bytes = (uint32_t)little_endian(index + at + 1, 2);
        if (path_bytes >= ENTRY_PATH_BYTES || n_bytes - at - ENTRY_HEAD_BYTES < path_bytes)
            return fail("This file is damaged. Please get it again.");
        entry->kind = (enum kind)index[at];
        entry->n_bytes = little_endian(index + at + 3, 8);
        memcpy(entry->path, index + at + ENTRY_HEAD_BYTES, path_bytes);
        at += ENTRY_HEAD_BYTES + path_bytes;
    }
    return 0;
}

int package_open(struct package *package, const char *executable)
{
    uint8_t head[8], *index;
    uint32_t n_bytes;
    int status;
    memset(package, 0, sizeof *package);
    package->file = system_open(executable, "rb");
    if (!package->file)
        return fail("This file cannot be read.");
    if (system_seek(package->file, layout.payload_offset) || fread(head, 1, 8, package->file) != 8)
        return fail("This file ends too early. Please get it again.");
    n_bytes = (uint32_t)little_endian(head, 4);
    package->n_entries = (uint32_t)little_endian(head + 4, 4);
    if (n_bytes > MAX_INDEX_BYTES || package->n_entries > n_bytes / ENTRY_HEAD_BYTES)
        return fail("This file is damaged. Please get it again.");
    package->blocks_offset = layout.payload_offset + 8 + n_bytes;
    index = malloc(n_bytes + 1u);
    if (!index)
        return fail("There is not enough memory.");
    status = fread(index, 1, n_bytes, package->file) == n_bytes
                 ? read_entries(package, index, n_bytes)
                 : fail("This file ends too early. Please get it again.");
    free(index);
    return status;
}

int package_is_complete(const struct package *package, const char *folder)
{
    char path[PATH_BYTES];
    for (uint32_t i = 0; i < package->n_entries; i++) {
        const struct entry *entry = &package->entries[i];
        uint64_t n_bytes;
        if (system_join(path, folder, entry->path) || system_size(path, &n_bytes) ||
            n_bytes != entry->n_bytes)
            return 0;
    }
    return 1;
}

/* Where the stream of all contents has arrived. */
struct writer {
    const struct package *package;
    const char *folder;
    uint32_t next; /* entry that begins when the one being written is full */
    uint64_t left; /* bytes that it still gets */
    FILE *file;    /* NULL while a link is gathered */
    char path[PATH_BYTES], target[PATH_BYTES];
    size_t n_target;
};

static const struct entry *current(const struct writer *writer)
{
    return &writer->package->entries[writer->next - 1];
}

static int finish_entry(struct writer *writer)
{
    if (!writer->file) {
        writer->target[writer->n_target] = 0;
        return system_link(writer->target, writer->path);
    }
    if (fclose(writer->file)) {
        writer->file = NULL;
        return -1;
    }
    writer->file = NULL;
    return current(writer)->kind == PROGRAM ? system_set_program(writer->path) : 0;
}

static int begin_entry(struct writer *writer)
{
    const struct entry *entry = &writer->package->entries[writer->next++];
    writer->left = entry->n_bytes;
    writer->n_target = 0;
    if (system_join(writer->path, writer->folder, entry->path) ||
        system_make_parents(writer->path, strlen(writer->folder)))
        return -1;
    if (entry->kind == LINK)
        return entry->n_bytes < PATH_BYTES ? 0 : -1;
    writer->file = system_open(writer->path, "wb");
    return writer->file ? 0 : -1;
}

static int write_some(struct writer *writer, const uint8_t *data, size_t n_bytes)
{
    if (writer->file)
        return fwrite(data, 1, n_bytes, writer->file) == n_bytes ? 0 : -1;
    memcpy(writer->target + writer->n_target, data, n_bytes);
    writer->n_target += n_bytes;
    return 0;
}

/* Begin every entry that is due; the empty ones end at once. */
static int step_forward(struct writer *writer)
{
    while (!writer->left) {
        if (writer->next && finish_entry(writer))
            return -1;
        if (writer->next == writer->package->n_entries)
            return 1;
        if (begin_entry(writer))
            return -1;
    }
    return 0;
}

static int write_block(struct writer *writer, const uint8_t *data, size_t n_bytes)
{
    while (n_bytes) {
        size_t n = n_bytes < writer->left ? n_bytes : (size_t)writer->left;
        if (!n || write_some(writer, data, n))
            return -1;
        data += n, n_bytes -= n, writer->left -= n;
        if (step_forward(writer) < 0)
            return -1;
    }
    return 0;
}

/* Read the next block into `to`; returns its bytes, 0 at the end, -1 if it is damaged. */
static long read_block(FILE *file, uint64_t *left, struct blake2b *hash, uint8_t *from, uint8_t *to)
{
    uint8_t head[8];
    size_t n_from, n_to;
    if (!*left)
        return 0;
    if (*left < 8 || fread(head, 1, 8, file) != 8)
        return -1;
    blake2b_add(hash, head, 8);
    n_from = little_endian(head, 4), n_to = little_endian(head + 4, 4);
    *left -= 8;
    if (n_from > MAX_BLOCK_BYTES || n_to > MAX_BLOCK_BYTES || n_from > *left || !n_to ||
        fread(from, 1, n_from, file) != n_from)
        return -1;
    blake2b_add(hash, from, n_from);
    *left -= n_from;
    if (n_from == n_to)
        memcpy(to, from, n_to);
    else if (lz4_decompress(from, n_from, to, n_to))
        return -1;
    return (long)n_to;
}

static int hash_index(const struct package *package, struct blake2b *hash)
{
    uint8_t data[4096];
    uint64_t left = package->blocks_offset - layout.payload_offset;
    blake2b_begin(hash);
    if (system_seek(package->file, layout.payload_offset))
        return -1;
    for (size_t n; left; left -= n) {
        n = fread(data, 1, left < sizeof data ? (size_t)left : sizeof data, package->file);
        if (!n)
            return -1;
        blake2b_add(hash, data, n);
    }
    return 0;
}

static int is_intact(struct blake2b *hash)
{
    uint8_t digest[DIGEST_BYTES];
    blake2b_end(hash, digest);
    for (int i = 0; i < DIGEST_BYTES; i++)
        if (digest[i] != layout.payload_digest[i])
            return 0;
    return 1;
}

static int copy_blocks(const struct package *package, struct writer *writer, uint8_t *buffers)
{
    struct blake2b hash;
    uint64_t left = layout.payload_bytes - (package->blocks_offset - layout.payload_offset);
    long n;
    if (hash_index(package, &hash))
        return fail("This file cannot be read.");
    if (step_forward(writer) < 0)
        return fail("There is no room to unpack the program.");
    while ((n = read_block(package->file, &left, &hash, buffers, buffers + MAX_BLOCK_BYTES)) > 0)
        if (write_block(writer, buffers + MAX_BLOCK_BYTES, (size_t)n))
            return fail("There is no room to unpack the program.");
    if (n < 0 || writer->left || writer->next != package->n_entries || !is_intact(&hash))
        return fail("This file is damaged. Please get it again.");
    return 0;
}

int package_unpack(const struct package *package, const char *folder)
{
    struct writer writer = {.package = package, .folder = folder};
    uint8_t *buffers = malloc(2 * (size_t)MAX_BLOCK_BYTES);
    int status = buffers ? copy_blocks(package, &writer, buffers)
                         : fail("There is not enough memory.");
    if (writer.file)
        fclose(writer.file);
    free(buffers);
    return status;
}
