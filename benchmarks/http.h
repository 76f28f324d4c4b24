/*
 * HTTP, as far as the load generator needs it: whether a response is complete, and right.
 *
 * A response has a Content-Length or is chunked (RFC 9112, sections 6 and 7): its end is not that of
 * the connection. It is looked at from its start whenever more of it has come: nearly all come
 * in one piece.
 */
#include <strings.h>

/* Whether a header line is of this name; if so, `*value` is where its value begins. */
static bool has_name(const char *line, const char *name, const char **value) {
    size_t size = strlen(name);
    if (strncasecmp(line, name, size) != 0 || line[size] != ':')
        return false;
    *value = line + size + 1 + strspn(line + size + 1, " \t");
    return true;
}

/* How much of `data` a chunked body takes; 0 while some of it is still to come. */
static size_t chunks_size(const char *data, size_t size, const struct text *body) {
    size_t at = 0, matched = 0;
    for (;;) {
        const char *line_end = memchr(data + at, '\n', size - at);
        if (line_end == NULL)
            return 0;
        char *digits_end;
        size_t count = strtoul(data + at, &digits_end, 16);
        if (digits_end == data + at || count > body->size - matched)
            die("wrong reply: a chunk without a size, or too large");
        at = (size_t)(line_end + 1 - data);
        if (size - at < count + 2)
            return 0;
        if (memcmp(data + at, body->start + matched, count) != 0)
            die("wrong reply");
        matched += count;
        at += count + 2;
        if (count == 0) {
            if (matched != body->size)
                die("wrong reply: too short");
            return at;
        }
    }
}

/* How much of `data` the response takes that it begins with: 0 while some of it is still to come.
 * One without status 200, or with another body, ends the run.
 * `*last` is whether it is the last one of its connection (section 9.6). */
static size_t response_size(const char *data, size_t size, const struct text *body, bool *last) {
    const char *end = memmem(data, size, "\r\n\r\n", 4), *value;
    if (end == NULL)
        return 0;
    size_t head = (size_t)(end + 4 - data), length = 0;
    bool chunked = false, sized = false;
    *last = false;
    if (head < 12 || memcmp(data, "HTTP/1.", 7) != 0 || memcmp(data + 8, " 200", 4) != 0)
        die("wrong reply: %.*s", (int)strcspn(data, "\r\n"), data);
    for (const char *line = data; line < end;
         line = (const char *)memchr(line, '\n', (size_t)(end + 2 - line)) + 1) {
        if (has_name(line, "Content-Length", &value)) {
            sized = true;
            length = strtoul(value, NULL, 10);
        } else if (has_name(line, "Transfer-Encoding", &value)) {
            chunked = strncasecmp(value, "chunked\r", 8) == 0;
        } else if (has_name(line, "Connection", &value)) {
            *last = strncasecmp(value, "close\r", 6) == 0;
        }
    }
    if (chunked) {
        size_t chunks = chunks_size(data + head, size - head, body);
        return chunks == 0 ? 0 : head + chunks;
    }
    if (!sized)
        die("wrong reply: neither a Content-Length nor chunked");
    if (length != body->size)
        die("wrong reply: %zu bytes instead of %zu", length, body->size);
    if (size - head < length)
        return 0;
    if (memcmp(data + head, body->start, length) != 0)
        die("wrong reply");
    return head + length;
}
