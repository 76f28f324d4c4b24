/*
 * The load generator's clock, its latencies, and how it gives up.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND 1000000000ull

/* Latencies are counted in buckets: exact below 128 ns, above that 128 to each power of two, so
 * that a quantile is off by less than 1 in 128 however long the run is. */
#define BITS 7
#define PER_POWER (1u << BITS)
#define BUCKETS ((64 - BITS + 1) * PER_POWER)

static uint64_t buckets[BUCKETS];
static uint64_t requests, longest;

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

static void forget_latencies(void) {
    memset(buckets, 0, sizeof buckets);
    requests = longest = 0;
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
