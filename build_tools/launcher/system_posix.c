/* Linux (and any POSIX system). */
#define _GNU_SOURCE
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

int system_join(char *path, const char *folder, const char *name)
{
    int n = snprintf(path, PATH_BYTES, "%s/%s", folder, name);
    return n < 0 || n >= PATH_BYTES ? -1 : 0;
}

FILE *system_open(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file)
        fcntl(fileno(file), F_SETFD, FD_CLOEXEC);
    return file;
}

int system_seek(FILE *file, uint64_t offset) { return fseeko(file, (off_t)offset, SEEK_SET); }

int system_size(const char *path, uint64_t *n_bytes)
{
    struct stat status;
    if (lstat(path, &status))
        return -1;
    *n_bytes = (uint64_t)status.st_size;
    return 0;
}

int system_make_folder(const char *path)
{
    return mkdir(path, 0700) && errno != EEXIST ? -1 : 0;
}

int system_make_parents(char *path, size_t n_known)
{
    for (char *slash = strchr(path + n_known + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        int status;
        *slash = 0;
        status = system_make_folder(path);
        *slash = '/';
        if (status)
            return -1;
    }
    return 0;
}

int system_rename(const char *from, const char *to) { return rename(from, to); }
int system_link(const char *target, const char *path) { return symlink(target, path); }
int system_set_program(const char *path) { return chmod(path, 0700); }
uint64_t system_process(void) { return (uint64_t)getpid(); }

int system_set_variable(const char *name, const char *value) { return setenv(name, value, 1); }

void system_tell(const char *message) { fprintf(stderr, "Songshu: %s\n", message); }

int system_each(const char *folder, void (*visit)(const char *, const char *, void *), void *data)
{
    struct dirent *item;
    DIR *items = opendir(folder);
    if (!items)
        return -1;
    while ((item = readdir(items)))
        if (strcmp(item->d_name, ".") && strcmp(item->d_name, ".."))
            visit(folder, item->d_name, data);
    closedir(items);
    return 0;
}

static void remove_one(const char *folder, const char *name, void *unused)
{
    char *path = malloc(PATH_BYTES); /* not on the stack: this goes as deep as the folders do */
    (void)unused;
    if (path && !system_join(path, folder, name))
        system_remove_tree(path);
    free(path);
}

void system_remove_tree(const char *path)
{
    if (unlink(path) && errno != ENOENT) {
        system_each(path, remove_one, NULL);
        rmdir(path);
    }
}

int system_executable(char *path)
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_BYTES - 1);
    if (n <= 0)
        return -1;
    path[n] = 0;
    return 0;
}

int system_go_aside(void)
{
    pid_t child = fork();
    if (child > 0)
        waitpid(child, NULL, 0);
    if (child)
        return 0;
    if (fork())
        _exit(0); /* so that nobody has to wait for the other one */
    for (int fd = 0; fd < 64; fd++)
        close(fd); /* somebody may wait for the end of a pipe, or for a lock */
    return 1;
}

void system_end(void) { _exit(0); }

void system_read_ahead(const char *path, uint64_t offset, uint64_t n_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    posix_fadvise(fd, (off_t)offset, (off_t)n_bytes, POSIX_FADV_WILLNEED);
    close(fd);
}

static int is_portable(const char *executable, char *folder)
{
    static const char *const MARKERS[] = {"portable", "portable.txt"}; /* as in app/paths.py */
    char marker[PATH_BYTES];
    snprintf(folder, PATH_BYTES, "%s", executable);
    *strrchr(folder, '/') = 0;
    for (int i = 0; i < 2; i++)
        if (!system_join(marker, folder, MARKERS[i]) && access(marker, F_OK) == 0)
            return 1;
    return 0;
}

/* The folder that holds, or is to hold, our own: XDG's rules, then HOME, then the person's entry. */
static int choose_cache(const char *executable, char *path)
{
    char folder[PATH_BYTES];
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    const struct passwd *person;
    if (is_portable(executable, folder))
        return system_join(path, folder, "data/cache");
    if (cache && *cache == '/')
        return system_join(path, cache, "songshu");
    if (!home && (person = getpwuid(geteuid())))
        home = person->pw_dir;
    return home && *home == '/' ? system_join(path, home, ".cache/songshu") : -1;
}

static int allows_programs(const char *path)
{
    struct statvfs status;
    return statvfs(path, &status) == 0 && !(status.f_flag & ST_NOEXEC);
}

int system_cache(const char *executable, char *path)
{
    struct stat status;
    if (choose_cache(executable, path) || system_make_parents(path, 0) || system_make_folder(path))
        return -1;
    if (lstat(path, &status) || !S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
        status.st_mode & (S_IWGRP | S_IWOTH)) /* root with a person's HOME; a folder for all */
        return -1;
    return access(path, W_OK | X_OK) == 0 && allows_programs(path) ? 0 : -1;
}

static void keep_after_exec(int fd)
{
    static char numbers[64];
    size_t n = strlen(numbers);
    fcntl(fd, F_SETFD, 0);
    snprintf(numbers + n, sizeof numbers - n, "%s%d", n ? "," : "", fd);
    setenv("SONGSHU_KEPT", numbers, 1); /* the program closes them for its own children */
}

handle system_lock(const char *path, enum sharing sharing, int wait)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int how = (sharing == SHARED ? LOCK_SH : LOCK_EX) | (wait ? 0 : LOCK_NB);
    int status;
    if (fd < 0)
        return NO_HANDLE;
    do
        status = flock(fd, how);
    while (status && errno == EINTR);
    if (status) {
        close(fd);
        return NO_HANDLE;
    }
    if (sharing == SHARED)
        keep_after_exec(fd);
    return fd;
}

void system_unlock(handle lock) { close((int)lock); }

/* Wait, as a process of nobody's, for the end of the program; then remove its folder. */
static void guard_folder(int pipe_end, const char *path)
{
    char nothing;
    int null = open("/dev/null", O_RDWR);
    setsid();
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    for (int number = 1; number < 32; number++)
        if (number != SIGCHLD)
            signal(number, SIG_IGN);
    if (chdir("/"))
        _exit(1);
    while (read(pipe_end, &nothing, 1) < 0 && errno == EINTR)
        ;
    system_remove_tree(path);
    _exit(0);
}

static int start_guard(const char *path, handle *guard)
{
    int ends[2];
    pid_t child;
    if (pipe(ends))
        return -1;
    child = fork();
    if (child == 0) {
        close(ends[1]);
        if (fork() == 0)
            guard_folder(ends[0], path);
        _exit(0);
    }
    close(ends[0]);
    if (child < 0)
        return -1;
    waitpid(child, NULL, 0);
    keep_after_exec(ends[1]);
    *guard = ends[1];
    return 0;
}

int system_temporary(char *path, handle *guard)
{
    const char *const PLACES[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", getenv("XDG_RUNTIME_DIR"),
                                  "/dev/shm"};
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        if (!PLACES[i] || *PLACES[i] != '/' || !allows_programs(PLACES[i]) ||
            system_join(path, PLACES[i], "songshu-XXXXXX") || !mkdtemp(path))
            continue;
        if (start_guard(path, guard) == 0)
            return 0;
        system_remove_tree(path);
    }
    return -1;
}

int system_start(const char *program, int n_arguments, char **arguments)
{
    (void)n_arguments;
    execv(program, arguments);
    return -1;
}

int songshu_main(int n_arguments, char **arguments);

int main(int n_arguments, char **arguments) { return songshu_main(n_arguments, arguments); }
