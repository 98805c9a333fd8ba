/* Songshu's launcher: what a double click starts.
 *
 *     executable = launcher | pack | payload
 *     payload -> <cache>/app-<its digest>/ (at the first start) -> Songshu there, which maps the pack
 *
 * PyInstaller's own one-file mode unpacks everything at every start, and leaves it behind when it is
 * killed. Here the first start unpacks the program once; every later start compares the sizes of
 * its files with the index (2 ms) and runs it. The pack is never touched. Where no cache can be
 * written, the program is unpacked for this one start into a folder that vanishes with it.
 *
 * Two starts at once: `unpack.lock` lets one after the other look, unpack and tidy up. A running
 * program shares `app-….use`, so that a newer version removes only what nobody runs.
 */
#include "layout.h"
#include "package.h"
#include "system.h"

#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define PROGRAM_NAME "Songshu.exe"
#else
#define PROGRAM_NAME "Songshu"
#endif

/* Filled in by build_tools.joining. */
const volatile struct layout layout = {.magic = "SONGSHU-LAYOUT-1-------"};

/* The program keeps its own temporary files there, for the folder vanishes with it. */
#define TEMPORARY_VARIABLE "SONGSHU_TEMPORARY"
#define MAX_READ_AHEAD_BYTES (1u << 30) /* a larger pack would push out what is needed first */
#define VERSION_BYTES 24 /* "app-", 16 digits, 0 */

static void version_name(char name[VERSION_BYTES])
{
    strcpy(name, "app-");
    for (int i = 0; i < 8; i++)
        snprintf(name + 4 + 2 * i, 3, "%02x", layout.payload_digest[i]);
}

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), n_end = strlen(end);
    return n >= n_end && !strcmp(text + n - n_end, end);
}

static void remove_in(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    if (!system_join(path, folder, name))
        system_remove_tree(path);
}

/* Remove what an interrupted start left, and other versions that nobody runs. */
static void tidy(const char *base, const char *name, void *version)
{
    char use_name[ENTRY_PATH_BYTES], path[PATH_BYTES];
    handle use;
    if (ends_with(name, ".part")) {
        remove_in(base, name);
        return;
    }
    if (strncmp(name, "app-", 4) || strchr(name, '.') || !strcmp(name, version) ||
        strlen(name) > VERSION_BYTES)
        return;
    snprintf(use_name, sizeof use_name, "%s.use", name);
    if (system_join(path, base, use_name))
        return;
    use = system_lock(path, ALONE, 0);
    if (use == NO_HANDLE)
        return;
    remove_in(base, name);
    system_unlock(use);
    remove_in(base, use_name);
}

/* Unpack beside its place and move it there, so that whatever lies there is whole. */
static int install(const struct package *package, const char *base, const char *folder)
{
    char aside[PATH_BYTES], name[64];
    snprintf(name, sizeof name, "%llu.part", (unsigned long long)system_process());
    if (system_join(aside, base, name) || system_make_folder(aside))
        return -1;
    if (package_unpack(package, aside) == 0) {
        char damaged[PATH_BYTES];
        snprintf(name, sizeof name, "%llu-old.part", (unsigned long long)system_process());
        if (!system_join(damaged, base, name) && !system_rename(folder, damaged))
            system_remove_tree(damaged);
        if (system_rename(aside, folder) == 0)
            return 0;
    }
    system_remove_tree(aside);
    return -1;
}

/* Have the program in the cache; returns -1 if there is none to be written. */
static int use_cache(const struct package *package, const char *executable, char *folder)
{
    char base[PATH_BYTES], path[PATH_BYTES], version[VERSION_BYTES], use_name[VERSION_BYTES + 4];
    handle lock = NO_HANDLE;
    int status = -1;
    version_name(version);
    snprintf(use_name, sizeof use_name, "%s.use", version);
    if (system_cache(executable, base) || system_join(path, base, "unpack.lock"))
        return -1;
    lock = system_lock(path, ALONE, 1);
    if (lock == NO_HANDLE)
        return -1;
    if (!system_join(path, base, use_name) && system_lock(path, SHARED, 1) != NO_HANDLE &&
        !system_join(folder, base, version)) {
        system_each(base, tidy, version);
        status = package_is_complete(package, folder) ? 0 : install(package, base, folder);
    }
    system_unlock(lock);
    return status;
}

static int use_temporary(const struct package *package, char *folder)
{
    static handle guard; /* kept until this process, which becomes the program, has ended */
    if (system_temporary(folder, &guard)) {
        package_error = "There is no folder in which the program can be unpacked.";
        return -1;
    }
    return system_set_variable(TEMPORARY_VARIABLE, folder) || package_unpack(package, folder) ? -1
                                                                                             : 0;
}

/* Have the system read from the disk what a window needs, in one go and beside the program, which
 * asks for it page by page. Costs 1 ms when all of it is in memory. SONGSHU_READ_AHEAD=0: do not. */
static void read_ahead(const struct package *package, const char *executable, const char *folder)
{
    const char *wanted = getenv("SONGSHU_READ_AHEAD");
    char path[PATH_BYTES];
    if ((wanted && !strcmp(wanted, "0")) || !system_go_aside())
        return;
    for (uint32_t i = 0; i < package->n_entries; i++) {
        const struct entry *entry = &package->entries[i];
        if ((entry->kind == EARLY_FILE || entry->kind == PROGRAM) &&
            !system_join(path, folder, entry->path))
            system_read_ahead(path, 0, 0);
    }
    if (layout.pack_bytes && layout.pack_bytes <= MAX_READ_AHEAD_BYTES)
        system_read_ahead(executable, layout.pack_offset, layout.pack_bytes);
    system_end();
}

/* A command of the command line reads little; a window is opened by nothing, or by files. */
static int wants_window(int n_arguments, char **arguments)
{
    return n_arguments == 1 || (n_arguments > 1 && strchr(arguments[1], '/'));
}

/* Tell the program where its pack lies, and what to hold against its cache. */
static int tell_program(const char *executable)
{
    char numbers[96];
    snprintf(numbers, sizeof numbers, "%llu:%llu:%llu:%llu",
             (unsigned long long)layout.pack_offset, (unsigned long long)layout.pack_bytes,
             (unsigned long long)layout.payload_offset, (unsigned long long)layout.payload_bytes);
    return system_set_variable("SONGSHU_EXECUTABLE", executable) ||
           system_set_variable("SONGSHU_LAYOUT", numbers);
}

int songshu_main(int n_arguments, char **arguments)
{
    static char executable[PATH_BYTES], folder[PATH_BYTES], program[PATH_BYTES];
    static struct package package;
    int status;
    if (system_executable(executable) || package_open(&package, executable) ||
        system_set_variable(TEMPORARY_VARIABLE, "") || /* of a Songshu that has started this one */
        (use_cache(&package, executable, folder) && use_temporary(&package, folder)) ||
        system_join(program, folder, PROGRAM_NAME) || tell_program(executable)) {
        system_tell(*package_error ? package_error : "The program cannot be unpacked.");
        return 1;
    }
    if (wants_window(n_arguments, arguments))
        read_ahead(&package, executable, folder);
    status = system_start(program, n_arguments, arguments);
    if (status < 0)
        system_tell("The program cannot be started.");
    return status < 0 ? 1 : status;
}
