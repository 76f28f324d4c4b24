/*
 * The load generator for games: players at tables of their own, over loopback, in one process, on
 * epoll.
 *
 *   players --port N --connections N --warmup SECONDS --seconds SECONDS
 *           --request FILE --reply FILE [--pause SECONDS]
 *
 * Each player reads until a prompt is the last that came, and answers it with a line. What can be
 * typed in a turn stands in brackets, as in `[h]it or [s]tand> `: of the letters in the request
 * file a player types the next one that is offered, over and over. Where none is offered it is
 * nobody's turn, and Enter deals. `--pause` is how long a player thinks before each line: half as
 * long as that to one and a half times as long, at random.
 *
 * The text in the reply file stands once in each answer that ends a round, and nowhere else. A
 * player's answers must come in this order, or the run ends with status 1: at first some without
 * either, until a round is dealt; from then on, to Enter and to each letter alike, one that offers
 * a choice or one that ends the round, never both, never neither, and nothing unasked. The rounds
 * that ended are counted, and the time from each line to the prompt that answers it is measured.
 *
 * No more than ARRIVING players knock at once: that many may wait to be accepted by default in
 * asyncio, and whoever overruns this is not heard of again. Those who have played a round wait for
 * the others, half of them in their second round, lest all keep in step. Then the line "seated" is
 * printed, and the warm-up begins. The figures follow as one line of JSON; its keys are the
 * attributes of benchmarks.figures.Figures, which say what they mean.
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

#define EVENTS 256
#define MILLISECOND (SECOND / 1000)
#define SEATING (60 * SECOND) /* how long it may take until all have played a round */
#define ARRIVING 100          /* players who may be waiting for the first byte */
#define QUESTIONS 5           /* prompts that Enter answers before the first round */
#define ANSWER (16 * 1024)    /* the most that an answer may be, in bytes */
#define SLOTS 16384           /* the most that a pause may be, in milliseconds */

struct player {
    int fd;               /* -1: given up */
    int questions;        /* prompts so far that were neither in nor after a round */
    unsigned letter;      /* which of the letters is the next */
    bool waiting;         /* for an answer */
    bool heard;           /* has had the first byte */
    bool greeted;         /* has had the first prompt */
    bool dealt;           /* has been dealt a round */
    bool played;          /* has played a round */
    bool seated;          /* waits for the others to have played one */
    bool served;          /* has had an answer within the measured time */
    char line[3];         /* what is to be typed */
    int length;
    uint64_t typed;       /* when it was */
    size_t size;          /* bytes of the answer that have come */
    char *answer;
    struct player *next;  /* who else thinks until the same millisecond */
};

static int port, connections = 1;
static double warmup, seconds = 1, pause_seconds;
static struct text letters, over;
static struct player *players;
static struct player *thinking[SLOTS];
static uint64_t last_slot;
static int opened, arriving, alive, seated;
static bool begun;            /* all have played a round */
static int poller;
static uint64_t rounds, received, errors;

static uint64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

static void arrive(void);

static void give_up(struct player *player) {
    errors++;
    if (player->fd >= 0)
        close(player->fd);
    player->fd = -1;
    alive--;
    seated -= player->seated;
    if (!player->heard)
        arriving--;
    arrive();
}

static void sit_down(struct player *player) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = player};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    player->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (player->fd < 0)
        die("socket: %s", strerror(errno));
    setsockopt(player->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* If this is refused, it is found out when there should be something to read. */
    connect(player->fd, (struct sockaddr *)&address, sizeof address);
    if (epoll_ctl(poller, EPOLL_CTL_ADD, player->fd, &event) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

static void arrive(void) {
    while (opened < connections && arriving < ARRIVING) {
        arriving++;
        sit_down(&players[opened++]);
    }
}

static void type(struct player *player) {
    if (player->fd < 0)
        return; /* lost while they were thinking */
    player->size = 0;
    player->waiting = true;
    player->typed = now();
    if (send(player->fd, player->line, (size_t)player->length, MSG_NOSIGNAL) != player->length)
        give_up(player);
}

/* Type the line now, or after a while: that share of the pause, and up to once the pause more. */
static void think(struct player *player, double share) {
    if (pause_seconds == 0 || !begun) {
        type(player);
        return;
    }
    share += (double)random() / RAND_MAX;
    uint64_t slot = now() / MILLISECOND + 1 + (uint64_t)(pause_seconds * share * 1000);
    player->next = thinking[slot % SLOTS];
    thinking[slot % SLOTS] = player;
}

/* All who have thought for long enough type their lines. */
static void wake(void) {
    for (uint64_t slot = now() / MILLISECOND; last_slot < slot;) {
        struct player *player = thinking[++last_slot % SLOTS];
        thinking[last_slot % SLOTS] = NULL;
        while (player != NULL) {
            struct player *next = player->next;
            type(player);
            player = next;
        }
    }
}

static void wrong(const struct player *player, const char *why) {
    size_t shown = player->size < 200 ? player->size : 200;
    die("wrong reply: %s: %.*s", why, (int)shown, player->answer + player->size - shown);
}

static bool offers(const struct player *player, char letter) {
    char shown[3] = {'[', letter, ']'};
    return memmem(player->answer, player->size, shown, sizeof shown) != NULL;
}

/* The next of the letters that is offered; 0: none is. */
static char choice(struct player *player) {
    for (size_t i = 0; i < letters.size; i++) {
        char letter = letters.start[player->letter++ % letters.size];
        if (offers(player, letter))
            return letter;
    }
    return 0;
}

/* How often the text that ends a round stands in the answer. */
static int endings(const struct player *player) {
    const char *at = player->answer, *end = at + player->size;
    int count = 0;
    while ((at = memmem(at, (size_t)(end - at), over.start, over.size)) != NULL) {
        at += over.size;
        count++;
    }
    return count;
}

/* The answer is complete: see what it says, and type what comes next. */
static void consider(struct player *player) {
    player->waiting = false;
    int ended = endings(player);
    char letter = choice(player);
    if (!player->greeted) {
        player->greeted = true;
    } else {
        record(now() - player->typed);
        player->served = true;
    }
    if (ended > 1)
        wrong(player, "more than one round ended");
    if (ended && letter)
        wrong(player, "a round ended, but there is a choice");
    if (!ended && !letter) {
        if (player->dealt)
            wrong(player, "no choice, but no round ended");
        if (++player->questions > QUESTIONS)
            wrong(player, "no round was dealt");
    } else {
        player->dealt = true;
    }
    if (ended) {
        rounds++;
        player->played = true;
    }
    player->length = letter ? 3 : 2;
    memcpy(player->line, letter ? (char[]){letter, '\r', '\n'} : "\r\n", (size_t)player->length);
    if (!begun && player->played && (letter || (player - players) % 2 == 0)) {
        player->seated = true;
        seated++;
    } else {
        think(player, 0.5);
    }
}

/* The last that came is a prompt. At the door it may end otherwise than at the table. */
static bool asked(const struct player *player) {
    const char *end = player->answer + player->size;
    if (player->size < 2 || end[-1] != ' ')
        return false;
    return end[-2] == '>' || (end[-2] == ':' && !player->dealt);
}

static void handle(struct player *player) {
    ssize_t count = recv(player->fd, player->answer + player->size, ANSWER - player->size, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0) {
        give_up(player);
        return;
    }
    if (!player->heard) {
        player->heard = true;
        arriving--;
        arrive();
    }
    received += (uint64_t)count;
    player->size += (size_t)count;
    if (!player->waiting)
        wrong(player, "more came than was asked for");
    if (player->size == ANSWER)
        wrong(player, "too long");
    if (asked(player))
        consider(player);
}

static void play_until(uint64_t end, bool until_seated) {
    struct epoll_event events[EVENTS];
    for (uint64_t time = now(); time < end && alive > 0; time = now()) {
        if (until_seated && seated == alive && opened == connections)
            return;
        int wait = pause_seconds > 0 ? 1 : (int)((end - time) / MILLISECOND + 1);
        int count = epoll_wait(poller, events, EVENTS, wait);
        if (count < 0 && errno != EINTR)
            die("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < count; i++)
            handle(events[i].data.ptr);
        wake();
    }
}

static void run(void) {
    last_slot = now() / MILLISECOND;
    arrive();
    play_until(now() + SEATING, true);
    if (seated == 0)
        die("no reply came (%llu errors)", (unsigned long long)errors);
    if (seated < alive || opened < connections)
        die("only %d of %d players could play a round", seated, connections);
    puts("seated");
    fflush(stdout);
    begun = true;
    for (int i = 0; i < connections; i++)
        if (players[i].fd >= 0)
            think(&players[i], 0); /* as if they had been thinking for a while */
    play_until(now() + (uint64_t)(warmup * SECOND), false);
    forget_latencies();
    rounds = received = 0;
    for (int i = 0; i < connections; i++)
        players[i].served = false;
    uint64_t start = now(), cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    play_until(start + (uint64_t)(seconds * SECOND), false);
    double elapsed = (double)(now() - start) / SECOND;
    double busy = (double)(read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu) / SECOND / elapsed;
    if (rounds == 0)
        die("no round was played (%llu errors)", (unsigned long long)errors);
    int served = 0;
    for (int i = 0; i < connections; i++)
        served += players[i].served;
    printf("{\"requests\": %llu, \"seconds\": %.6f, \"p50\": %.9f, \"p99\": %.9f, "
           "\"longest\": %.9f, \"received\": %llu, \"connections\": %d, \"served\": %d, "
           "\"lost\": 0, \"errors\": %llu, \"busy\": %.3f}\n",
           (unsigned long long)rounds, elapsed, quantile(0.50), quantile(0.99),
           (double)longest / SECOND, (unsigned long long)received, connections, served,
           (unsigned long long)errors, busy);
}

static void read_options(int argc, char **argv) {
    static const struct option options[] = {
        {"port", required_argument, 0, 'p'},    {"connections", required_argument, 0, 'c'},
        {"warmup", required_argument, 0, 'w'},  {"seconds", required_argument, 0, 's'},
        {"request", required_argument, 0, 'q'}, {"reply", required_argument, 0, 'r'},
        {"pause", required_argument, 0, 'b'},   {0, 0, 0, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 'w': warmup = atof(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'q': letters = read_file(optarg); break;
        case 'r': over = read_file(optarg); break;
        case 'b': pause_seconds = atof(optarg); break;
        default: exit(2);
        }
    }
    if (letters.size == 0 || over.size == 0 || port <= 0 || connections <= 0)
        die("--request, --reply, --port and --connections are needed");
    if (pause_seconds < 0 || 1.5 * pause_seconds * 1000 + 1 >= SLOTS)
        die("--pause: at most %.1f", SLOTS / 1500.0 - 0.1);
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    poller = epoll_create1(EPOLL_CLOEXEC);
    alive = connections;
    players = calloc((size_t)connections, sizeof *players);
    char *answers = malloc((size_t)connections * ANSWER);
    if (players == NULL || answers == NULL)
        die("out of memory");
    for (int i = 0; i < connections; i++) {
        players[i].fd = -1;
        players[i].letter = (unsigned)i;
        players[i].waiting = true;
        players[i].answer = answers + (size_t)i * ANSWER;
    }
    run();
    return 0;
}
