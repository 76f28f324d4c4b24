/*
 * What is sent and what must come: the files that the load generator is given, cut into texts.
 */
#include <errno.h>
#include <stdbool.h>

struct text {
    char *start;
    size_t size;
};

static struct text read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        die("%s: %s", path, strerror(errno));
    struct text content = {.size = (size_t)ftell(file)};
    rewind(file);
    content.start = malloc(content.size + 1);
    if (content.size == 0 || content.start == NULL ||
        fread(content.start, 1, content.size, file) != content.size)
        die("%s: cannot be read, or is empty", path);
    fclose(file);
    return content;
}

/* `count` texts: equally long ones, or `framed`, each after its size as a four-byte number, the
 * highest byte first. They stay where they are in the content. */
static struct text *cut(struct text content, int count, bool framed) {
    struct text *texts = malloc((size_t)count * sizeof *texts);
    if (texts == NULL)
        die("out of memory");
    char *at = content.start, *end = content.start + content.size;
    for (int i = 0; i < count; i++) {
        size_t size = content.size / (size_t)count;
        if (framed && end - at >= 4) {
            const unsigned char *number = (const unsigned char *)at;
            size = (size_t)number[0] << 24 | (size_t)number[1] << 16 | (size_t)number[2] << 8 |
                   number[3];
            at += 4;
        }
        if (size == 0 || (size_t)(end - at) < size)
            die("--records: the files do not hold so many");
        texts[i] = (struct text){at, size};
        at += size;
    }
    if (at != end)
        die("--records: the files do not hold so many%s", framed ? "" : " equally long ones");
    return texts;
}
