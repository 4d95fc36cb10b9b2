#include "source/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_WAIT_MS = 5000, BACKLOG = 4, MAX_PORT = 65535 };

/* ---- names -------------------------------------------------------------- */

static enum tt_status bad_port(struct tt_error *err, const char *port)
{
    return tt_fail(err, TT_ERR_ARG,
                   "'%.40s' is no port: a number from 1 to %d is one", port,
                   MAX_PORT);
}

static enum tt_status take_port(struct net_peer *p, const char *text,
                                bool may_be_any, struct tt_error *err)
{
    size_t n = strlen(text);

    if (!n || n > 5 || strspn(text, "0123456789") != n ||
        strtoul(text, NULL, 10) > MAX_PORT ||
        (!may_be_any && !strtoul(text, NULL, 10)))
        return bad_port(err, text);
    memcpy(p->port, text, n + 1);
    return TT_OK;
}

enum tt_status net_parse(struct net_peer *p, const char *text, bool host_needed,
                         struct tt_error *err)
{
    const char *colon = strrchr(text, ':'), *end = colon;

    memset(p, 0, sizeof(*p));
    if (!colon && !host_needed)
        return take_port(p, text, true, err);
    if (*text == '[') {
        end = strchr(++text, ']');
        if (!end || end + 1 != colon)
            return tt_fail(err, TT_ERR_ARG,
                           "an IPv6 address stands in brackets, then the "
                           "port: [::1]:5000");
    } else if (colon && memchr(text, ':', (size_t)(colon - text))) {
        return tt_fail(err, TT_ERR_ARG,
                       "an IPv6 address is written in brackets: [::1]:5000");
    }
    if (!colon || end == text)
        return tt_fail(err, TT_ERR_ARG,
                       "write HOST:PORT, such as "
                       "localhost:5000");
    if ((size_t)(end - text) >= sizeof(p->host))
        return tt_fail(err, TT_ERR_ARG, "no name of a host is that long");
    memcpy(p->host, text, (size_t)(end - text));
    return take_port(p, colon + 1, !host_needed, err);
}

static void keep(struct net_peer *p, const struct addrinfo *list)
{
    for (; list && p->n < NET_ADDRESSES; list = list->ai_next) {
        memcpy(&p->address[p->n], list->ai_addr, list->ai_addrlen);
        p->len[p->n++] = list->ai_addrlen;
    }
}

enum tt_status net_lookup(struct net_peer *p, bool to_listen,
                          struct tt_error *err)
{
    static const char *const here[] = {"127.0.0.1", "::1"};
    struct addrinfo how = {.ai_family = AF_UNSPEC,
                           .ai_socktype = SOCK_STREAM,
                           .ai_flags = to_listen ? AI_PASSIVE : 0};
    struct addrinfo *list = NULL;
    int why = 0;

    if (p->host[0]) {
        why = getaddrinfo(p->host, p->port, &how, &list);
        if (!why)
            keep(p, list);
    }
    for (size_t i = 0; !p->host[0] && i < TT_LEN(here); i++) {
        why = getaddrinfo(here[i], p->port, &how, &list);
        if (!why)
            keep(p, list);
        if (!why && i + 1 < TT_LEN(here))
            freeaddrinfo(list);
    }
    if (list && !why)
        freeaddrinfo(list);
    if (p->n)
        return TT_OK;
    return tt_fail(err, TT_ERR_IO, "there is no host '%s': %s", p->host,
                   why == EAI_SYSTEM ? strerror(errno) : gai_strerror(why));
}

bool net_is_loopback(const struct net_peer *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;

        if (p->address[i].ss_family == AF_INET) {
            memcpy(&v4, &p->address[i], sizeof(v4));
            if (ntohl(v4.sin_addr.s_addr) >> 24 != 127)
                return false;
        } else {
            memcpy(&v6, &p->address[i], sizeof(v6));
            if (!IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr))
                return false;
        }
    }
    return true;
}

/* ---- connections -------------------------------------------------------- */

static int new_socket(int family)
{
    int fd = socket(family, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

void net_tune(int fd)
{
    int on = 1;

    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

int net_begin(struct net_peer *p)
{
    size_t i = p->next++ % p->n;
    int fd = new_socket(p->address[i].ss_family), why;

    if (fd < 0)
        return -1;
    net_tune(fd);
    if (connect(fd, (const struct sockaddr *)&p->address[i], p->len[i]) == 0 ||
        errno == EINPROGRESS)
        return fd;
    why = errno;
    (void)close(fd);
    errno = why;
    return -1;
}

int net_result(int fd)
{
    int why = 0;
    socklen_t n = sizeof(why);

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) ? errno : why;
}

enum tt_status net_connect(struct net_peer *p, int *fd, struct tt_error *err)
{
    int why = 0;

    for (size_t i = 0; i < p->n; i++) {
        struct pollfd ready = {.fd = net_begin(p), .events = POLLOUT};

        *fd = ready.fd;
        why = errno;
        if (ready.fd < 0)
            continue;
        why = poll(&ready, 1, CONNECT_WAIT_MS) > 0 ? net_result(ready.fd)
                                                   : ETIMEDOUT;
        if (!why)
            return TT_OK;
        (void)close(ready.fd);
    }
    *fd = -1;
    return tt_fail(err, TT_ERR_IO, "%s does not answer on port %s: %s", p->host,
                   p->port, strerror(why));
}

/* ---- listening ---------------------------------------------------------- */

static int listen_at(const struct sockaddr_storage *a, socklen_t len)
{
    int fd = new_socket(a->ss_family), on = 1, why;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (a->ss_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)a, len) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    why = errno;
    (void)close(fd);
    errno = why;
    return -1;
}

/* Port 0 means any: the others take the one that the first was given. */
static void same_port(struct net_peer *p, int fd)
{
    struct sockaddr_storage a;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    socklen_t len = sizeof(a);
    in_port_t port;

    if (getsockname(fd, (struct sockaddr *)&a, &len))
        return;
    if (a.ss_family == AF_INET) {
        memcpy(&v4, &a, sizeof(v4));
        port = v4.sin_port;
    } else {
        memcpy(&v6, &a, sizeof(v6));
        port = v6.sin6_port;
    }
    (void)snprintf(p->port, sizeof(p->port), "%u", (unsigned)ntohs(port));
    for (size_t i = 0; i < p->n; i++)
        if (p->address[i].ss_family == AF_INET) {
            memcpy(&v4, &p->address[i], sizeof(v4));
            v4.sin_port = port;
            memcpy(&p->address[i], &v4, sizeof(v4));
        } else {
            memcpy(&v6, &p->address[i], sizeof(v6));
            v6.sin6_port = port;
            memcpy(&p->address[i], &v6, sizeof(v6));
        }
}

enum tt_status net_listen(struct net_peer *p, int fd[NET_LISTENERS],
                          char *place, size_t size, struct tt_error *err)
{
    size_t n = 0;
    int why = 0;

    for (size_t i = 0; i < p->n && n < NET_LISTENERS; i++) {
        int got = listen_at(&p->address[i], p->len[i]);

        if (got < 0) { /* without IPv6 the loopback has one address only */
            why = n ? why : errno;
            continue;
        }
        fd[n++] = got;
        if (n == 1)
            same_port(p, got);
    }
    if (!n)
        return tt_fail(err, TT_ERR_IO, "cannot listen on port %s: %s", p->port,
                       strerror(why));
    (void)snprintf(place, size, strchr(p->host, ':') ? "[%s]:%s" : "%s:%s",
                   p->host[0] ? p->host : "localhost", p->port);
    return TT_OK;
}
