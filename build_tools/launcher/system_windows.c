/* Windows. Paths are UTF-8 with '/' here and become "\\?\C:\..." for the system, which lifts its
 * limit of 260 characters. There is no exec: the launcher waits for the program, whose life a job
 * ties to its own. */
#define UNICODE
#define _UNICODE
#define WIN32_LEAN_AND_MEAN
#include "system.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static int to_utf8(char *text, const wchar_t *wide)
{
    if (!WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, PATH_BYTES, NULL, NULL))
        return -1;
    for (char *c = text; *c; c++)
        if (*c == '\\')
            *c = '/';
    return 0;
}

/* The system's form of a path; two at a time may be in use. */
static const wchar_t *wide(const char *path)
{
    static wchar_t buffers[2][PATH_BYTES + 8];
    static int turn;
    wchar_t *buffer = buffers[turn = !turn], *text = buffer;
    if (path[0] && path[1] == ':') {
        wcscpy(buffer, L"\\\\?\\");
        text += 4;
    }
    if (!MultiByteToWideChar(CP_UTF8, 0, path, -1, text, PATH_BYTES))
        *text = 0;
    for (; *text; text++)
        if (*text == L'/')
            *text = L'\\';
    return buffer;
}

static int variable(const wchar_t *name, char *text)
{
    wchar_t buffer[PATH_BYTES];
    DWORD n = GetEnvironmentVariableW(name, buffer, PATH_BYTES);
    return n && n < PATH_BYTES ? to_utf8(text, buffer) : -1;
}

int system_join(char *path, const char *folder, const char *name)
{
    int n = snprintf(path, PATH_BYTES, "%s/%s", folder, name);
    return n < 0 || n >= PATH_BYTES ? -1 : 0;
}

FILE *system_open(const char *path, const char *mode)
{
    return _wfopen(wide(path), *mode == 'r' ? L"rbN" : L"wbN"); /* N: not for children */
}

int system_seek(FILE *file, uint64_t offset) { return _fseeki64(file, (int64_t)offset, SEEK_SET); }

int system_size(const char *path, uint64_t *n_bytes)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    if (!GetFileAttributesExW(wide(path), GetFileExInfoStandard, &data))
        return -1;
    *n_bytes = (uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow;
    return 0;
}

int system_make_folder(const char *path)
{
    return CreateDirectoryW(wide(path), NULL) || GetLastError() == ERROR_ALREADY_EXISTS ? 0 : -1;
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

int system_rename(const char *from, const char *to)
{
    return MoveFileExW(wide(from), wide(to), 0) ? 0 : -1;
}

int system_link(const char *target, const char *path)
{
    (void)target, (void)path; /* needs a right that people do not have; the build makes none */
    return -1;
}

int system_set_program(const char *path) { return (void)path, 0; }
uint64_t system_process(void) { return GetCurrentProcessId(); }

int system_set_variable(const char *name, const char *value)
{
    wchar_t wide_name[64], wide_value[PATH_BYTES];
    return MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 64) &&
                   MultiByteToWideChar(CP_UTF8, 0, value, -1, wide_value, PATH_BYTES) &&
                   SetEnvironmentVariableW(wide_name, wide_value)
               ? 0
               : -1;
}

/* Whether the console was made for us: then nobody reads it, a double click has started us. */
static int is_alone(void)
{
    DWORD process;
    return GetConsoleProcessList(&process, 1) <= 1;
}

void system_tell(const char *message)
{
    wchar_t text[512];
    fprintf(stderr, "Songshu: %s\n", message);
    if (is_alone() && MultiByteToWideChar(CP_UTF8, 0, message, -1, text, 512))
        MessageBoxW(NULL, text, L"Songshu", MB_ICONERROR);
}

int system_each(const char *folder, void (*visit)(const char *, const char *, void *), void *data)
{
    char pattern[PATH_BYTES], name[PATH_BYTES];
    WIN32_FIND_DATAW item;
    HANDLE search;
    if (system_join(pattern, folder, "*"))
        return -1;
    search = FindFirstFileW(wide(pattern), &item);
    if (search == INVALID_HANDLE_VALUE)
        return -1;
    do
        if (!to_utf8(name, item.cFileName) && strcmp(name, ".") && strcmp(name, ".."))
            visit(folder, name, data);
    while (FindNextFileW(search, &item));
    FindClose(search);
    return 0;
}

static void remove_one(const char *folder, const char *name, void *unused)
{
    char *path = malloc(PATH_BYTES);
    (void)unused;
    if (path && !system_join(path, folder, name))
        system_remove_tree(path);
    free(path);
}

void system_remove_tree(const char *path)
{
    DWORD kind = GetFileAttributesW(wide(path));
    if (kind == INVALID_FILE_ATTRIBUTES)
        return;
    if (!(kind & FILE_ATTRIBUTE_DIRECTORY)) {
        DeleteFileW(wide(path));
        return;
    }
    if (!(kind & FILE_ATTRIBUTE_REPARSE_POINT))
        system_each(path, remove_one, NULL);
    RemoveDirectoryW(wide(path));
}

int system_executable(char *path)
{
    wchar_t buffer[PATH_BYTES];
    DWORD n = GetModuleFileNameW(NULL, buffer, PATH_BYTES);
    return n && n < PATH_BYTES ? to_utf8(path, buffer) : -1;
}

/* Windows learns by itself what a program reads at its start. */
int system_go_aside(void) { return 0; }
void system_end(void) {}

void system_read_ahead(const char *path, uint64_t offset, uint64_t n_bytes)
{
    (void)path, (void)offset, (void)n_bytes;
}

static int choose_cache(const char *executable, char *path)
{
    static const char *const MARKERS[] = {"portable", "portable.txt"}; /* as in app/paths.py */
    char folder[PATH_BYTES], marker[PATH_BYTES];
    uint64_t n_bytes;
    snprintf(folder, sizeof folder, "%s", executable);
    *strrchr(folder, '/') = 0;
    for (int i = 0; i < 2; i++)
        if (!system_join(marker, folder, MARKERS[i]) && !system_size(marker, &n_bytes))
            return system_join(path, folder, "data/cache");
    return variable(L"LOCALAPPDATA", folder) ? -1 : system_join(path, folder, "Songshu/cache");
}

int system_cache(const char *executable, char *path)
{
    return choose_cache(executable, path) || system_make_parents(path, 2) ||
                   system_make_folder(path)
               ? -1
               : 0; /* whether it can be written, the lock file tells */
}

handle system_lock(const char *path, enum sharing sharing, int wait)
{
    OVERLAPPED start = {0};
    DWORD how = (sharing == ALONE ? LOCKFILE_EXCLUSIVE_LOCK : 0) |
                (wait ? 0 : LOCKFILE_FAIL_IMMEDIATELY);
    HANDLE file = CreateFileW(wide(path), GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return NO_HANDLE;
    if (LockFileEx(file, how, 0, 1, 0, &start))
        return (handle)file;
    CloseHandle(file);
    return NO_HANDLE;
}

void system_unlock(handle lock) { CloseHandle((HANDLE)lock); }

static char temporary[PATH_BYTES]; /* removed when the program has ended */

/* Remove the folder of a start that was killed: its lock is nobody's. */
static void sweep(const char *base, const char *name, void *unused)
{
    char path[PATH_BYTES];
    size_t n = strlen(name);
    handle lock;
    (void)unused;
    if (strncmp(name, "songshu-", 8) || n < 5 || strcmp(name + n - 4, ".use") ||
        system_join(path, base, name))
        return;
    lock = system_lock(path, ALONE, 0);
    if (lock == NO_HANDLE)
        return;
    system_unlock(lock);
    system_remove_tree(path);
    path[strlen(path) - 4] = 0;
    system_remove_tree(path);
}

int system_temporary(char *path, handle *guard)
{
    wchar_t buffer[PATH_BYTES];
    char base[PATH_BYTES], name[64], lock[PATH_BYTES + 8];
    if (!GetTempPathW(PATH_BYTES, buffer) || to_utf8(base, buffer))
        return -1;
    if (*base)
        base[strlen(base) - 1] = 0; /* it ends with a '/' */
    system_each(base, sweep, NULL);
    snprintf(name, sizeof name, "songshu-%lu", (unsigned long)GetCurrentProcessId());
    if (system_join(path, base, name) || system_make_folder(path))
        return -1;
    snprintf(lock, sizeof lock, "%s.use", path);
    *guard = system_lock(lock, ALONE, 0);
    if (*guard == NO_HANDLE)
        return -1;
    snprintf(temporary, sizeof temporary, "%s", path);
    return 0;
}

static void remove_temporary(void)
{
    char lock[PATH_BYTES + 8];
    if (!*temporary)
        return;
    system_remove_tree(temporary);
    snprintf(lock, sizeof lock, "%s.use", temporary);
    DeleteFileW(wide(lock));
}

/* A job that ends the program when the launcher is ended, but not what the program starts. */
static HANDLE make_job(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    HANDLE job = CreateJobObjectW(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    if (job)
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    return job;
}

/* Hand on what was redirected to a file or pipe; a console finds its way by itself. */
static void hand_on_streams(STARTUPINFOW *how)
{
    HANDLE *const streams[] = {&how->hStdInput, &how->hStdOutput, &how->hStdError};
    static const DWORD NAMES[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    for (int i = 0; i < 3; i++) {
        HANDLE stream = GetStdHandle(NAMES[i]);
        DWORD kind = stream && stream != INVALID_HANDLE_VALUE ? GetFileType(stream) : 0;
        if (kind != FILE_TYPE_DISK && kind != FILE_TYPE_PIPE)
            continue;
        *streams[i] = stream;
        SetHandleInformation(stream, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
        how->dwFlags |= STARTF_USESTDHANDLES;
    }
}

int system_start(const char *program, int n_arguments, char **arguments)
{
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION process;
    HANDLE job = make_job();
    DWORD code = 1;
    int alone = is_alone();
    (void)n_arguments, (void)arguments; /* the command line goes on as it is */
    if (alone)
        hand_on_streams(&how);
    if (!CreateProcessW(wide(program) + 4, GetCommandLineW(), NULL, NULL, TRUE,
                        CREATE_SUSPENDED | (alone ? CREATE_NO_WINDOW : 0), NULL, NULL, &how,
                        &process)) {
        remove_temporary();
        return -1;
    }
    if (job)
        AssignProcessToJobObject(job, process.hProcess);
    ResumeThread(process.hThread);
    if (alone)
        FreeConsole();
    SetConsoleCtrlHandler(NULL, TRUE); /* Ctrl-C is the program's */
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    remove_temporary();
    return (int)(code & 0x7fffffff);
}

int songshu_main(int n_arguments, char **arguments);

int main(void)
{
    if (is_alone() && GetConsoleWindow()) /* before anything is drawn; Windows 11 shows none */
        ShowWindow(GetConsoleWindow(), SW_HIDE);
    return songshu_main(0, NULL);
}
