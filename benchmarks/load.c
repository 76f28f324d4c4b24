/*
 * The load generator: a closed loop of clients over loopback, in one process, on epoll.
 *
 *   load --mode stream|connect|udp --port N --connections N --depth N
 *        --warmup SECONDS --seconds SECONDS --request FILE --reply FILE [--any BYTE]
 *        [--records N] [--counter OFFSET]
 *
 * stream   each connection sends `depth` requests at once, waits for their replies, and begins again
 * connect  each client connects, sends one request, reads its reply, closes, and begins again
 * udp      each socket sends one datagram and waits for its reply; one that does not come in
 *          UDP_TIMEOUT is counted as lost
 *
 * The files hold one request and its reply, or `--records` equally long ones each. These are shared
 * out: a client has every `connections`-th of them, from that of its own number on, and sends them in
 * turn, over and over. `--counter` is where in each request a number of four bytes is, the lowest
 * first; it is raised by one each time before the request is sent.
 *
 * Every byte of every reply is compared with the reply file, in which the byte `--any` stands for
 * any byte. A wrong reply ends the run with status 1. The figures are one line of JSON on standard
 * output; its keys are the attributes of benchmarks.figures.Figures, which say what they mean.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define UDP_TIMEOUT (SECOND / 5)
#define SWEEP (SECOND / 100) /* how often lost datagrams are looked for */
#define EVENTS 256

/* Latencies are counted in buckets: exact below 128 ns, above that 128 to each power of two, so
 * that a quantile is off by less than 1 in 128 however long the run is. */
#define BITS 7
#define PER_POWER (1u << BITS)
#define BUCKETS ((64 - BITS + 1) * PER_POWER)

enum mode { STREAM, CONNECT, UDP };

struct client {
    int fd;           /* -1: given up */
    bool sending;     /* waits to be writable: connecting, or its send was cut short */
    int record;       /* which of the requests and replies is its current one */
    size_t sent;      /* bytes of the wave that have been sent */
    unsigned awaited; /* replies of the wave that are still to come */
    size_t matched;   /* bytes of the current reply that have come */
    uint64_t started; /* when the wave (connect: the connection) was begun */
    bool served;      /* has had a reply within the measured time */
};

static enum mode mode = STREAM;
static int port, connections = 1, depth = 1, any_byte = -1, records = 1, counter = -1;
static double warmup, seconds = 1;
static char *waves;             /* for each record, `depth` times its request */
static size_t wave_size;
static char *replies;           /* each record's reply */
static size_t reply_size;
static struct client *clients;
static int alive;               /* clients that have not been given up */
static int poller;
static char buffer[256 * 1024];

static uint64_t buckets[BUCKETS];
static uint64_t requests, received, lost, errors, longest;

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t read_clock(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void record(uint64_t latency) {
    unsigned power = latency < PER_POWER ? 0 : 64 - BITS - (unsigned)__builtin_clzll(latency);
    unsigned index = power == 0 ? (unsigned)latency
                                : power * PER_POWER + ((latency >> (power - 1)) & (PER_POWER - 1));
    buckets[index]++;
    requests++;
    if (latency > longest)
        longest = latency;
}

/* The latency, in seconds, that `share` of the requests did not exceed: their bucket's end. */
static double quantile(double share) {
    uint64_t rank = (uint64_t)(share * (double)requests), seen = 0, end = longest;
    for (unsigned index = 0; index < BUCKETS && seen <= rank; index++) {
        unsigned power = index / PER_POWER;
        end = power == 0 ? index : (uint64_t)(PER_POWER + index % PER_POWER + 1) << (power - 1);
        seen += buckets[index];
    }
    return (double)(end < longest ? end : longest) / SECOND;
}

static void watch(struct client *client, int operation) {
    struct epoll_event event = {.data.ptr = client};
    event.events = EPOLLIN | (client->sending ? EPOLLOUT : 0);
    if (epoll_ctl(poller, operation, client->fd, &event) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

static void want_to_send(struct client *client, bool sending) {
    if (client->sending != sending) {
        client->sending = sending;
        watch(client, EPOLL_CTL_MOD);
    }
}

static void give_up(struct client *client) {
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    alive--;
}

static char *wave_of(const struct client *client) {
    return waves + (size_t)client->record * wave_size;
}

static void count_up(char *number) {
    for (int i = 0; i < 4 && ++number[i] == 0; i++)
        continue;
}

static void begin_wave(struct client *client) {
    client->record += connections;
    if (client->record >= records)
        client->record = (int)(client - clients) % records;
    if (counter >= 0)
        count_up(wave_of(client) + counter);
    client->sent = 0;
    client->matched = 0;
    client->awaited = (unsigned)depth;
}

static void open_client(struct client *client) {
    int kind = (mode == UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    begin_wave(client);
    client->started = read_clock(CLOCK_MONOTONIC);
    client->fd = socket(AF_INET, kind, 0);
    if (client->fd < 0)
        die("socket: %s", strerror(errno));
    if (mode != UDP)
        setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0 &&
        errno != EINPROGRESS) {
        errors++;
        give_up(client);
        return;
    }
    struct sockaddr_in own;
    socklen_t size = sizeof own;
    if (mode == UDP && getsockname(client->fd, (struct sockaddr *)&own, &size) == 0 &&
        own.sin_port == address.sin_port) {
        close(client->fd); /* nobody listens there, and the socket would answer itself */
        open_client(client);
        return;
    }
    client->sending = true;
    watch(client, EPOLL_CTL_ADD);
}

/* A connection failed: the next one may succeed, but a lasting stream is over. */
static void fail(struct client *client) {
    errors++;
    if (mode == STREAM) {
        give_up(client);
    } else {
        close(client->fd);
        open_client(client);
    }
}

/* Send what the socket takes; false: it took nothing for good, and the connection is gone. */
static bool send_wave(struct client *client, uint64_t now) {
    if (client->sent == 0 && mode != CONNECT)
        client->started = now;
    char *from = wave_of(client) + client->sent;
    ssize_t count = send(client->fd, from, wave_size - client->sent, MSG_NOSIGNAL);
    if (count < 0) {
        if (errno != EAGAIN) {
            fail(client);
            return false;
        }
        count = 0;
    }
    client->sent += (size_t)count;
    want_to_send(client, client->sent < wave_size);
    return true;
}

static bool equal(const char *got, const char *expected, size_t count) {
    if (any_byte < 0)
        return memcmp(got, expected, count) == 0;
    for (size_t i = 0; i < count; i++)
        if (got[i] != expected[i] && expected[i] != (char)any_byte)
            return false;
    return true;
}

/* Compare what came with what should come, and count the replies that are complete by it. */
static void match(struct client *client, const char *data, size_t count, uint64_t now) {
    const char *reply = replies + (size_t)client->record * reply_size;
    received += count;
    while (count > 0) {
        size_t part = reply_size - client->matched;
        if (client->awaited == 0)
            die("more bytes came than were asked for");
        if (part > count)
            part = count;
        if (!equal(data, reply + client->matched, part))
            die("wrong reply");
        data += part;
        count -= part;
        client->matched += part;
        if (client->matched == reply_size) {
            client->matched = 0;
            client->awaited--;
            client->served = true;
            record(now - client->started);
        }
    }
}

static void receive(struct client *client) {
    ssize_t count = recv(client->fd, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    if (count < 0 || (count == 0 && mode != UDP)) {
        fail(client);
        return;
    }
    if (mode == UDP && (size_t)count != reply_size)
        die("wrong reply: %zd bytes instead of %zu", count, reply_size);
    uint64_t now = read_clock(CLOCK_MONOTONIC);
    match(client, buffer, (size_t)count, now);
    if (client->awaited > 0)
        return;
    if (mode == CONNECT) {
        close(client->fd);
        open_client(client);
    } else {
        begin_wave(client);
        send_wave(client, now);
    }
}

/* A late reply to a datagram given up as lost must not pass for the reply to the next one:
 * the next one leaves from another port. */
static void sweep(uint64_t now) {
    for (int i = 0; i < connections; i++) {
        struct client *client = &clients[i];
        if (client->fd >= 0 && !client->sending && now - client->started > UDP_TIMEOUT) {
            lost++;
            close(client->fd);
            open_client(client);
        }
    }
}

static void handle(struct epoll_event *event) {
    struct client *client = event->data.ptr;
    if (client->sending && event->events & ~(unsigned)EPOLLIN)
        if (!send_wave(client, read_clock(CLOCK_MONOTONIC)))
            return;
    if (event->events & ~(unsigned)EPOLLOUT)
        receive(client);
}

static void forget_warmup(void) {
    memset(buckets, 0, sizeof buckets);
    requests = received = lost = errors = longest = 0;
    for (int i = 0; i < connections; i++)
        clients[i].served = false;
}

static void run(void) {
    struct epoll_event events[EVENTS];
    uint64_t now = read_clock(CLOCK_MONOTONIC), swept = now, cpu = 0;
    uint64_t start = now + (uint64_t)(warmup * SECOND), end = start + (uint64_t)(seconds * SECOND);
    bool measuring = false;
    while (now < end && alive > 0) {
        uint64_t until = measuring ? end : start;
        if (mode == UDP && until > swept + SWEEP)
            until = swept + SWEEP;
        int wait = until > now ? (int)((until - now) / 1000000 + 1) : 0;
        int count = epoll_wait(poller, events, EVENTS, wait);
        if (count < 0 && errno != EINTR)
            die("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < count; i++)
            handle(&events[i]);
        now = read_clock(CLOCK_MONOTONIC);
        if (!measuring && now >= start) {
            forget_warmup();
            measuring = true;
            start = now;
            end = start + (uint64_t)(seconds * SECOND);
            cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
        }
        if (mode == UDP && now >= swept + SWEEP) {
            sweep(now);
            swept = now;
        }
    }
    if (!measuring || requests == 0)
        die("no reply came (%llu errors)", (unsigned long long)errors);
    double elapsed = (double)(now - start) / SECOND;
    double busy = (double)(read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu) / SECOND / elapsed;
    int served = 0;
    for (int i = 0; i < connections; i++)
        served += clients[i].served;
    printf("{\"requests\": %llu, \"seconds\": %.6f, \"p50\": %.9f, \"p99\": %.9f, "
           "\"longest\": %.9f, \"received\": %llu, \"connections\": %d, \"served\": %d, "
           "\"lost\": %llu, \"errors\": %llu, \"busy\": %.3f}\n",
           (unsigned long long)requests, elapsed, quantile(0.50), quantile(0.99),
           (double)longest / SECOND, (unsigned long long)received, connections, served,
           (unsigned long long)lost, (unsigned long long)errors, busy);
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        die("%s: %s", path, strerror(errno));
    *size = (size_t)ftell(file);
    rewind(file);
    char *content = malloc(*size + 1);
    if (*size == 0 || content == NULL || fread(content, 1, *size, file) != *size)
        die("%s: cannot be read, or is empty", path);
    fclose(file);
    return content;
}

static enum mode mode_named(const char *name) {
    const char *names[] = {"stream", "connect", "udp"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum mode)i;
    die("--mode: stream, connect or udp, not %s", name);
    return STREAM;
}

static void read_options(int argc, char **argv) {
    static const struct option options[] = {
        {"mode", required_argument, 0, 'm'},    {"port", required_argument, 0, 'p'},
        {"depth", required_argument, 0, 'd'},   {"connections", required_argument, 0, 'c'},
        {"warmup", required_argument, 0, 'w'},  {"seconds", required_argument, 0, 's'},
        {"request", required_argument, 0, 'q'}, {"reply", required_argument, 0, 'r'},
        {"any", required_argument, 0, 'a'},     {"records", required_argument, 0, 'n'},
        {"counter", required_argument, 0, 'o'}, {0, 0, 0, 0}};
    char *request = NULL;
    size_t request_size = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'm': mode = mode_named(optarg); break;
        case 'p': port = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 'd': depth = atoi(optarg); break;
        case 'w': warmup = atof(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'q': request = read_file(optarg, &request_size); break;
        case 'r': replies = read_file(optarg, &reply_size); break;
        case 'a': any_byte = atoi(optarg); break;
        case 'n': records = atoi(optarg); break;
        case 'o': counter = atoi(optarg); break;
        default: exit(2);
        }
    }
    if (request == NULL || replies == NULL || port <= 0 || connections <= 0 || depth <= 0)
        die("--request, --reply, --port, --connections and --depth are needed");
    if (mode != STREAM && depth != 1)
        die("--depth is for --mode stream");
    if (records <= 0 || request_size % (size_t)records || reply_size % (size_t)records)
        die("--records: the files do not hold so many equally long ones");
    request_size /= (size_t)records;
    reply_size /= (size_t)records;
    if (depth > 1 && (records > 1 || counter >= 0))
        die("--depth is for a request that does not change");
    if (counter >= 0 && (records < connections || (size_t)counter + 4 > request_size))
        die("--counter needs a request of its own for each client, and four bytes in it");
    wave_size = request_size * (size_t)depth;
    waves = malloc(wave_size * (size_t)records);
    clients = calloc((size_t)connections, sizeof *clients);
    if (waves == NULL || clients == NULL)
        die("out of memory");
    /* Many records, or much depth: never both. */
    for (int i = 0; i < depth; i++)
        memcpy(waves + (size_t)i * request_size, request, request_size * (size_t)records);
    free(request);
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    poller = epoll_create1(EPOLL_CLOEXEC);
    alive = connections;
    for (int i = 0; i < connections; i++) {
        clients[i].record = i - connections; /* which makes its own number its first */
        open_client(&clients[i]);
    }
    run();
    return 0;
}
