/*
 * The load generator over TLS; see load.c. It takes OpenSSL, and its headers.
 */
#define OVER_TLS 1
#include "load.c"
