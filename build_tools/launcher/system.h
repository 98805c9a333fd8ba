/* What differs between systems. Paths are UTF-8 with '/'. Functions return 0, or -1. */
#ifndef SONGSHU_SYSTEM_H
#define SONGSHU_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PATH_BYTES 4096
#define ENTRY_PATH_BYTES 512

typedef intptr_t handle; /* a lock or a guard, kept until the program ends */
#define NO_HANDLE ((handle)-1)

enum sharing { SHARED, ALONE };

int system_join(char *path, const char *folder, const char *name); /* -1: too long */
FILE *system_open(const char *path, const char *mode);
int system_seek(FILE *file, uint64_t offset);
int system_size(const char *path, uint64_t *n_bytes); /* of a file, or of a link itself */
int system_make_folder(const char *path);             /* for this person only; may exist */
int system_make_parents(char *path, size_t n_known);  /* folders of a file, after n_known bytes */
int system_rename(const char *from, const char *to);
int system_link(const char *target, const char *path);
int system_set_program(const char *path);
void system_remove_tree(const char *path);
int system_each(const char *folder, void (*visit)(const char *folder, const char *name, void *),
                void *data);

/* The executable's own path, without links. */
int system_executable(char *path);

/* Go on twice: 1 in a process aside, which must end with system_end, 0 in this one, and always where
 * the system itself learns what to read ahead. */
int system_go_aside(void);
void system_read_ahead(const char *path, uint64_t offset, uint64_t n_bytes); /* 0 bytes: to the end */
void system_end(void);

/* The folder in which programs are kept for later starts: portable, or the person's cache. Made if
 * needed; -1 if it cannot be written, is somebody else's, or lies where nothing may be executed. */
int system_cache(const char *executable, char *path);

/* A new folder that is gone when the program has ended, in whatever way. */
int system_temporary(char *path, handle *guard);

handle system_lock(const char *path, enum sharing sharing, int wait);
void system_unlock(handle lock);

/* Become the program (or wait for it). Returns only the program's exit code, or -1. */
int system_start(const char *program, int n_arguments, char **arguments);
int system_set_variable(const char *name, const char *value);
uint64_t system_process(void);
void system_tell(const char *message); /* to a person who may have no terminal */

#endif
