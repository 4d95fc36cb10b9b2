/*
 * net - names of hosts and ports to sockets.
 *
 * Layer: source (program).
 */
#ifndef TELLTALE_SOURCE_NET_H
#define TELLTALE_SOURCE_NET_H

#include "base/base.h"

#include <sys/socket.h>

enum { NET_ADDRESSES = 8, NET_LISTENERS = 2 };

struct net_peer {
    char host[256], port[8]; /* as it was written; host empty: this machine */
    struct sockaddr_storage address[NET_ADDRESSES];
    socklen_t len[NET_ADDRESSES];
    size_t n, next; /* to be tried */
};

/* "HOST:PORT", "[IPv6]:PORT"; "PORT" alone when no host is needed. */
enum tt_status net_parse(struct net_peer *p, const char *text, bool host_needed,
                         struct tt_error *err) TT_MUST_USE;

/* Ask for the addresses of the host; waits for the answer. */
enum tt_status net_lookup(struct net_peer *p, bool to_listen,
                          struct tt_error *err) TT_MUST_USE;

/* Begin to connect to the next address; -1 with errno. */
int net_begin(struct net_peer *p);
/* It is writable: 0 when it is connected, else errno. */
int net_result(int fd);

/* Connect, waiting for at most five seconds an address. */
enum tt_status net_connect(struct net_peer *p, int *fd,
                           struct tt_error *err) TT_MUST_USE;

/* Listen at all addresses; place says where ("127.0.0.1:5000"). */
enum tt_status net_listen(struct net_peer *p, int fd[NET_LISTENERS],
                          char *place, size_t size,
                          struct tt_error *err) TT_MUST_USE;

/* A connection as it should be: does not wait, sends at once, notices a peer
 * that is gone. */
void net_tune(int fd);

/* Is it an address of this machine alone? */
bool net_is_loopback(const struct net_peer *p);

#endif
