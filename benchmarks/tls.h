/*
 * How the load generator's clients send and receive over TLS. They ask for "localhost", and take
 * whatever certificate they are shown.
 */
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/time.h>

#define NON_BLOCKING 0 /* until hands have been shaken */
#define HANDSHAKE 10   /* how long that may take, in seconds */

static SSL_CTX *context;

static void prepare(void) {
    signal(SIGPIPE, SIG_IGN);
    if ((context = SSL_CTX_new(TLS_client_method())) == NULL)
        die("OpenSSL cannot be used");
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1); /* one system call for a record, and not two */
}

static bool shake_hands(struct client *client) {
    struct timeval most = {.tv_sec = HANDSHAKE};
    SSL *tls = client->tls = SSL_new(context);
    if (tls == NULL || SSL_set_fd(tls, client->fd) != 1)
        die("out of memory");
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    SSL_set_tlsext_host_name(tls, "localhost");
    return SSL_connect(tls) == 1 && fcntl(client->fd, F_SETFL, O_NONBLOCK) == 0;
}

/* Return what came of it as send and recv do. */
static ssize_t result(struct client *client, int count) {
    if (count > 0)
        return count;
    switch (SSL_get_error(client->tls, count)) {
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    default: errno = EIO; return -1;
    }
}

static ssize_t transmit(struct client *client, const char *from, size_t size) {
    ERR_clear_error();
    return result(client, SSL_write(client->tls, from, (int)size));
}

static ssize_t take(struct client *client, char *into, size_t room) {
    ERR_clear_error();
    return result(client, SSL_read(client->tls, into, (int)room));
}

/* Whether something has been received that the kernel does not know of any more. */
static bool holds_more(struct client *client) {
    return SSL_has_pending(client->tls) == 1;
}
