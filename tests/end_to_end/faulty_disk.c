/*
 * A disk that fails when a test says so. Preloaded into a process, it takes the place of the calls
 * that write to files and sync them. It has them fail for files whose path starts with
 * $FAULTY_FILES, as long as the file $FAULTY_DISK says how: "write 28" or "sync 5", with the number
 * of the error.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Return the error with which a call is to fail; 0 if it is not to. */
static int fault(const char *kind, int file)
{
    const char *files = getenv("FAULTY_FILES"), *says = getenv("FAULTY_DISK");
    char link[64], path[4096], text[64], word[16];
    int error = 0;

    if (!files || !says)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    if (length < (ssize_t)strlen(files) || strncmp(path, files, strlen(files)) != 0)
        return 0;
    int control = open(says, O_RDONLY | O_CLOEXEC);
    if (control < 0)
        return 0;
    length = read(control, text, sizeof text - 1);
    close(control);
    text[length > 0 ? length : 0] = 0;
    if (sscanf(text, "%15s %d", word, &error) != 2 || strcmp(word, kind) != 0)
        return 0;
    return error;
}

#define REPLACE(result, name, kind, parameters, arguments)                       \
    result name parameters                                                       \
    {                                                                            \
        static result(*real) parameters;                                         \
        int saved = errno, error = fault(kind, file);                            \
        if (error) {                                                             \
            errno = error;                                                       \
            return -1;                                                           \
        }                                                                        \
        if (!real)                                                               \
            real = (result(*) parameters)dlsym(RTLD_NEXT, #name);                \
        errno = saved;                                                           \
        return real arguments;                                                   \
    }

REPLACE(ssize_t, write, "write", (int file, const void *data, size_t size), (file, data, size))
REPLACE(ssize_t, pwrite, "write", (int file, const void *data, size_t size, off_t place),
        (file, data, size, place))
REPLACE(ssize_t, pwrite64, "write", (int file, const void *data, size_t size, off64_t place),
        (file, data, size, place))
REPLACE(int, fsync, "sync", (int file), (file))
REPLACE(int, fdatasync, "sync", (int file), (file))
