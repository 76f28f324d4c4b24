/*
 * The limit: the same services as the other peers, with as little between them and the kernel as
 * an event loop can have. One process, one thread, one epoll set, level triggered.
 *
 *   epoll --service dialogue|dialogue-large|dialogue-idle|clock|upper|upper-udp --port N
 *
 * All requests of a read are answered with one send. A connection whose client does not read its
 * replies is not read from until it does; a request over `limit` bytes closes its connection.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LIMIT 65536
#define LARGE_LIMIT (1024 * 1024)
#define BACKLOG 1024
#define EVENTS 256
#define CLOCK_REQUEST 25
#define CLOCK_REPLY 24

struct connection {
    int fd;
    size_t held;           /* bytes in `in`: an unfinished request */
    size_t searched;       /* those of them in which no request ends */
    size_t sent, produced; /* bytes of `out` that have been sent, and that there are */
    char *out;             /* twice as long: the longest reply is less than twice its request */
    char in[];             /* room for `limit` bytes, and the one that ends them */
};

/* Answer the complete requests in `in`; return how many of its bytes they were. */
typedef size_t answer(struct connection *connection);

static int poller;
static size_t limit = LIMIT; /* of a request, in bytes */
static answer *service;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static size_t put(char *out, const char *text, size_t size) {
    memcpy(out, text, size);
    return size;
}

static size_t dialogue_reply(const char *request, size_t size, char *out) {
    if (size == 4 && memcmp(request, "time", 4) == 0) {
        time_t now = time(NULL);
        struct tm local;
        return strftime(out, 9, "%H:%M:%S", localtime_r(&now, &local));
    }
    if (size == 7 && memcmp(request, "nuqneH?", 7) == 0)
        return put(out, "Qapla'!", 7);
    return put(out, request, size);
}

static size_t dialogue(struct connection *connection) {
    const char *start = connection->in, *end = start + connection->held, *zero;
    const char *from = start + connection->searched;
    while ((zero = memchr(from, 0, (size_t)(end - from))) != NULL) {
        char *out = connection->out + connection->produced;
        size_t size = dialogue_reply(start, (size_t)(zero - start), out);
        out[size] = 0;
        connection->produced += size + 1;
        from = start = zero + 1;
    }
    connection->searched = (size_t)(end - start);
    return (size_t)(start - connection->in);
}

static size_t clock_service(struct connection *connection) {
    size_t used = 0;
    for (; connection->held - used >= CLOCK_REQUEST; used += CLOCK_REQUEST) {
        char text[26];
        time_t now = time(NULL);
        ctime_r(&now, text);
        connection->produced += put(connection->out + connection->produced, text, CLOCK_REPLY);
    }
    return used;
}

static void upper_case(const char *text, size_t size, char *out) {
    for (size_t i = 0; i < size; i++)
        out[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
}

static size_t upper(struct connection *connection) {
    const char *newline = memrchr(connection->in, '\n', connection->held);
    size_t used = newline == NULL ? 0 : (size_t)(newline - connection->in) + 1;
    upper_case(connection->in, used, connection->out + connection->produced);
    connection->produced += used;
    return used;
}

static void watch(struct connection *connection, int operation, unsigned wanted) {
    struct epoll_event event = {.events = wanted, .data.ptr = connection};
    if (epoll_ctl(poller, operation, connection->fd, &event) < 0)
        die("epoll_ctl");
}

static void drop(struct connection *connection) {
    close(connection->fd);
    free(connection);
}

/* Send what there is to send; false: the connection is gone. */
static bool flush(struct connection *connection, bool was_waiting) {
    char *from = connection->out + connection->sent;
    ssize_t count = send(connection->fd, from, connection->produced - connection->sent, MSG_NOSIGNAL);
    if (count < 0) {
        if (errno != EAGAIN)
            return drop(connection), false;
        count = 0;
    }
    connection->sent += (size_t)count;
    bool waits = connection->sent < connection->produced;
    if (!waits)
        connection->sent = connection->produced = 0;
    if (waits != was_waiting)
        watch(connection, EPOLL_CTL_MOD, waits ? EPOLLOUT : EPOLLIN);
    return true;
}

static void readable(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->in + connection->held,
                         limit + 1 - connection->held, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0) {
        drop(connection);
        return;
    }
    connection->held += (size_t)count;
    size_t used = service(connection);
    connection->held -= used;
    if (connection->held > limit) {
        drop(connection);
        return;
    }
    if (used > 0 && connection->held > 0)
        memmove(connection->in, connection->in + used, connection->held);
    if (connection->produced > 0)
        flush(connection, false);
}

static void accept_all(int listener) {
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = malloc(sizeof *connection + 3 * (limit + 1));
        if (connection == NULL)
            die("malloc");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connection->fd = fd;
        connection->held = connection->searched = connection->sent = connection->produced = 0;
        connection->out = connection->in + limit + 1;
        watch(connection, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static void serve_streams(int listener) {
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0)
        die("epoll_ctl");
    for (;;) {
        int count = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == NULL)
                accept_all(listener);
            else if (connection->produced > 0)
                flush(connection, true);
            else
                readable(connection);
        }
    }
}

/* A blocking receive needs no epoll: there is but one socket, and one datagram to a reply. */
static void serve_datagrams(int fd) {
    static char in[LIMIT], out[LIMIT];
    for (;;) {
        struct sockaddr_in sender;
        socklen_t size = sizeof sender;
        ssize_t count = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&sender, &size);
        if (count < 0)
            continue;
        upper_case(in, (size_t)count, out);
        sendto(fd, out, (size_t)count, 0, (struct sockaddr *)&sender, size);
    }
}

static int bind_to(int port, bool datagrams) {
    int kind = datagrams ? SOCK_DGRAM : SOCK_STREAM | SOCK_NONBLOCK, on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, kind, 0);
    if (!datagrams)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0)
        die("bind");
    if (!datagrams && listen(fd, BACKLOG) < 0)
        die("listen");
    getsockname(fd, (struct sockaddr *)&address, &size);
    printf("ready %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv) {
    const char *name = "";
    int port = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--service") == 0)
            name = argv[i + 1];
        else if (strcmp(argv[i], "--port") == 0)
            port = atoi(argv[i + 1]);
    }
    if (strcmp(name, "upper-udp") == 0)
        serve_datagrams(bind_to(port, true));
    service = strncmp(name, "dialogue", 8) == 0 ? dialogue
              : strcmp(name, "clock") == 0      ? clock_service
              : strcmp(name, "upper") == 0      ? upper
                                                : NULL;
    if (strcmp(name, "dialogue-large") == 0)
        limit = LARGE_LIMIT;
    if (service == NULL) {
        fprintf(stderr, "usage: epoll --service dialogue|dialogue-large|dialogue-idle|clock|upper|"
                        "upper-udp --port N\n");
        return 2;
    }
    poller = epoll_create1(EPOLL_CLOEXEC);
    serve_streams(bind_to(port, false));
}
