/*
 * The load generator: a closed loop of clients over loopback, in one process, on epoll.
 *
 *   load --mode stream|connect|udp|http|tls --port N --connections N --depth N
 *        --warmup SECONDS --seconds SECONDS --request FILE --reply FILE [--any BYTE]
 *        [--records N] [--counter OFFSET] [--idle N]
 *
 * stream   each connection sends `depth` requests at once, waits for their replies, and begins again
 * connect  each client connects, sends one request, reads its reply, closes, and begins again
 * udp      each socket sends one datagram and waits for its reply; one that does not come in
 *          UDP_TIMEOUT is counted as lost
 * http     as stream, but the replies are HTTP responses with status 200; the reply file has their
 *          bodies. After one that announces it, the connection is closed, and the next one begun
 * tls      as stream, but over TLS. This is for load_tls.c, and for nothing else there
 *
 * The files hold one request and its reply, or `--records` equally long ones each; for http, texts
 * of any length, each after its size as four bytes, the highest first. These are shared out: a client
 * has every `connections`-th of them, from that of its own number on, and sends them in turn, over and
 * over. `--counter` is where in each request a number of four bytes is, the lowest first; it is raised
 * by one each time before the request is sent.
 *
 * `--idle` connections more, for the mode stream, send one request each. Once they have had their
 * replies, `seated` is printed, and the others begin. These stay to the end, and nothing may come.
 *
 * Every byte of every reply is compared with the reply file, in which the byte `--any` stands for
 * any byte. A wrong reply ends the run with status 1. The figures are one line of JSON on standard
 * output; its keys are the attributes of benchmarks.figures.Figures, which say what they mean.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "latencies.h"
#include "texts.h"

#include "http.h" /* uses both */

#define UDP_TIMEOUT (SECOND / 5)
#define SWEEP (SECOND / 100) /* how often lost datagrams are looked for */
#define EVENTS 256
#define HEAD (64 * 1024) /* the most that an HTTP response may add to its body */
#define AT_ONCE 100      /* how many idle connections wait for their replies at once */
#define SEATING 60.0     /* how long it may take until none does, in seconds */

enum mode { STREAM, CONNECT, UDP, HTTP, TLS };

struct client {
    int fd;           /* -1: given up */
    bool sending;     /* waits to be writable: connecting, or its send was cut short */
    int record;       /* which of the requests and replies is its current one */
    size_t sent;      /* bytes of the wave that have been sent */
    unsigned awaited; /* replies of the wave that are still to come */
    size_t matched;   /* bytes of the current reply that have come */
    char *response;   /* http: these bytes */
    uint64_t started; /* when the wave, or the connection if it is its first, was begun */
    bool leaving;     /* http: the response announced that the connection ends */
    bool served;      /* has had a reply within the measured time */
    void *tls;        /* tls: what OpenSSL knows of the connection */
};

#if OVER_TLS
#include "tls.h" /* uses it */
#else
#define OVER_TLS 0
#define NON_BLOCKING SOCK_NONBLOCK

static void prepare(void) {
}

static bool shake_hands(struct client *client) {
    return client->fd >= 0;
}

static ssize_t transmit(struct client *client, const char *from, size_t size) {
    return send(client->fd, from, size, MSG_NOSIGNAL);
}

static ssize_t take(struct client *client, char *into, size_t room) {
    return recv(client->fd, into, room, 0);
}

static bool holds_more(struct client *client) {
    (void)client;
    return false;
}
#endif

static enum mode mode = STREAM;
static int port, connections = 1, depth = 1, any_byte = -1, records = 1, counter = -1, idle = 0;
static double warmup, seconds = 1;
static struct text *waves;      /* for each record, `depth` times its request */
static struct text *replies;    /* each record's reply */
static size_t response_limit;   /* http: the size of each client's `response` */
static struct client *clients;  /* and, behind them, the idle ones */
static int alive;               /* clients that have not been given up; the idle ones never are */
static int opened, seated;      /* idle ones that have been begun, and that have had their reply */
static int poller;
static char buffer[256 * 1024];
static uint64_t received, lost, errors;

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

static void count_up(char *number) {
    for (int i = 0; i < 4 && ++number[i] == 0; i++)
        continue;
}

static void begin_wave(struct client *client) {
    client->record += connections;
    if (client->record >= records)
        client->record = (int)(client - clients) % records;
    if (counter >= 0)
        count_up(waves[client->record].start + counter);
    client->sent = 0;
    client->matched = 0;
    client->awaited = (unsigned)depth;
}

static void open_client(struct client *client) {
    int kind = (mode == UDP ? SOCK_DGRAM : SOCK_STREAM) | NON_BLOCKING | SOCK_CLOEXEC, on = 1;
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
    if (!shake_hands(client)) {
        errors++;
        give_up(client);
        return;
    }
    client->sending = true;
    watch(client, EPOLL_CTL_ADD);
}

/* A connection failed: the next one may succeed, but a lasting stream is over. */
static void fail(struct client *client) {
    errors++;
    if (client - clients >= connections)
        die("an idle connection was lost");
    if (mode == CONNECT || mode == UDP) {
        close(client->fd);
        open_client(client);
    } else {
        give_up(client);
    }
}

/* Send what the socket takes; false: it took nothing for good, and the connection is gone. */
static bool send_wave(struct client *client) {
    const struct text *wave = &waves[client->record];
    const char *from = wave->start + client->sent;
    ssize_t count = transmit(client, from, wave->size - client->sent);
    if (count < 0) {
        if (errno != EAGAIN) {
            fail(client);
            return false;
        }
        count = 0;
    }
    client->sent += (size_t)count;
    want_to_send(client, client->sent < wave->size);
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

static void count_reply(struct client *client, uint64_t now) {
    client->matched = 0;
    client->awaited--;
    client->served = true;
    record(now - client->started);
}

/* Compare what came with what should come, and count the replies that are complete by it. */
static void match(struct client *client, const char *data, size_t count, uint64_t now) {
    const struct text *reply = &replies[client->record];
    received += count;
    while (count > 0) {
        size_t part = reply->size - client->matched;
        if (client->awaited == 0)
            die("more bytes came than were asked for");
        if (part > count)
            part = count;
        if (!equal(data, reply->start + client->matched, part))
            die("wrong reply");
        data += part;
        count -= part;
        client->matched += part;
        if (client->matched == reply->size)
            count_reply(client, now);
    }
}

/* The same for what came behind the beginning of an HTTP response. */
static void match_response(struct client *client, size_t count, uint64_t now) {
    client->matched += count;
    client->response[client->matched] = '\0';
    if (client->awaited == 0)
        die("more bytes came than were asked for");
    const struct text *body = &replies[client->record];
    size_t size = response_size(client->response, client->matched, body, &client->leaving);
    if (size == 0 && client->matched < response_limit)
        return;
    if (size != client->matched)
        die("more bytes came than were asked for");
    received += body->size;
    count_reply(client, now);
}

/* Take what came; false: nothing did, or no more can come on this connection. */
static bool receive(struct client *client) {
    char *into = mode == HTTP ? client->response + client->matched : buffer;
    size_t room = mode == HTTP ? response_limit - client->matched : sizeof buffer;
    ssize_t count = take(client, into, room);
    if (count < 0 && errno == EAGAIN)
        return false;
    if (count < 0 || (count == 0 && mode != UDP)) {
        fail(client);
        return false;
    }
    size_t reply_size = replies[client->record].size;
    if (mode == UDP && (size_t)count != reply_size)
        die("wrong reply: %zd bytes instead of %zu", count, reply_size);
    uint64_t now = read_clock(CLOCK_MONOTONIC);
    if (mode == HTTP)
        match_response(client, (size_t)count, now);
    else
        match(client, buffer, (size_t)count, now);
    if (client->awaited > 0)
        return true;
    if (client - clients >= connections) {
        seated++;
        return true;
    }
    if (mode == CONNECT || client->leaving) {
        close(client->fd);
        open_client(client);
        return false;
    }
    begin_wave(client);
    client->started = now;
    return send_wave(client);
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
        if (!send_wave(client))
            return;
    if (event->events & ~(unsigned)EPOLLOUT)
        while (receive(client) && holds_more(client))
            continue;
}

/* Open the idle connections, some at a time, until each has had its reply. */
static void seat(void) {
    struct epoll_event events[EVENTS];
    uint64_t end = read_clock(CLOCK_MONOTONIC) + (uint64_t)(SEATING * SECOND);
    while (seated < idle) {
        for (; opened < idle && opened < seated + AT_ONCE; opened++)
            open_client(&clients[connections + opened]);
        int count = epoll_wait(poller, events, EVENTS, 100);
        if (count < 0 && errno != EINTR)
            die("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < count; i++)
            handle(&events[i]);
        if (errors > 0 || read_clock(CLOCK_MONOTONIC) > end)
            die("only %d of %d idle connections had a reply", seated, idle);
    }
    puts("seated");
    fflush(stdout);
}

static void forget_warmup(void) {
    forget_latencies();
    received = lost = errors = 0;
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

static enum mode mode_named(const char *name) {
    const char *names[] = {"stream", "connect", "udp", "http", "tls"};
    for (int i = 0; i < 5; i++)
        if (strcmp(name, names[i]) == 0 && (i == TLS) == OVER_TLS)
            return (enum mode)i;
    die("--mode: not %s", name);
    return STREAM;
}

/* Make a text as many times as long. */
static void repeat(struct text *text, int times) {
    char *start = malloc(text->size * (size_t)times);
    if (start == NULL)
        die("out of memory");
    for (int i = 0; i < times; i++)
        memcpy(start + (size_t)i * text->size, text->start, text->size);
    *text = (struct text){start, text->size * (size_t)times};
}

/* Give each client room for the longest response, even in chunks of a few bytes, and a zero. */
static void make_room(void) {
    size_t most = 0;
    for (int i = 0; i < records; i++)
        most = replies[i].size > most ? replies[i].size : most;
    response_limit = HEAD + 8 * most;
    for (int i = 0; i < connections; i++)
        if ((clients[i].response = malloc(response_limit + 1)) == NULL)
            die("out of memory");
}

static void read_options(int argc, char **argv) {
    static const struct option options[] = {
        {"mode", required_argument, 0, 'm'},    {"port", required_argument, 0, 'p'},
        {"depth", required_argument, 0, 'd'},   {"connections", required_argument, 0, 'c'},
        {"warmup", required_argument, 0, 'w'},  {"seconds", required_argument, 0, 's'},
        {"request", required_argument, 0, 'q'}, {"reply", required_argument, 0, 'r'},
        {"any", required_argument, 0, 'a'},     {"records", required_argument, 0, 'n'},
        {"counter", required_argument, 0, 'o'}, {"idle", required_argument, 0, 'i'},
        {0, 0, 0, 0}};
    struct text request = {0}, reply = {0};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'm': mode = mode_named(optarg); break;
        case 'p': port = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 'd': depth = atoi(optarg); break;
        case 'w': warmup = atof(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'q': request = read_file(optarg); break;
        case 'r': reply = read_file(optarg); break;
        case 'a': any_byte = atoi(optarg); break;
        case 'n': records = atoi(optarg); break;
        case 'o': counter = atoi(optarg); break;
        case 'i': idle = atoi(optarg); break;
        default: exit(2);
        }
    }
    if (request.size == 0 || reply.size == 0 || port <= 0 || connections <= 0 || depth <= 0)
        die("--request, --reply, --port, --connections and --depth are needed");
    if (mode != STREAM && (idle > 0 || (depth != 1 && mode != TLS)))
        die("--depth and --idle are for --mode stream");
    if (depth > 1 && (records > 1 || counter >= 0))
        die("--depth is for a request that does not change");
    if (idle > 0 && (records > 1 || counter >= 0 || depth > 1))
        die("--idle is for one request at a time that does not change");
    if (records <= 0)
        die("--records: at least one");
    waves = cut(request, records, mode == HTTP);
    replies = cut(reply, records, mode == HTTP);
    if (counter >= 0 && (records < connections || (size_t)counter + 4 > waves->size))
        die("--counter needs a request of its own for each client, and four bytes in it");
    if (depth > 1)
        repeat(waves, depth);
    clients = calloc((size_t)(connections + idle), sizeof *clients);
    if (clients == NULL)
        die("out of memory");
    if (mode == HTTP)
        make_room();
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    prepare();
    poller = epoll_create1(EPOLL_CLOEXEC);
    alive = connections;
    if (idle > 0)
        seat();
    for (int i = 0; i < connections; i++) {
        clients[i].record = i - connections; /* which makes its own number its first */
        open_client(&clients[i]);
    }
    run();
    return 0;
}
