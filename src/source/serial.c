/*
 * serial - a serial port through libserialport, which knows how to find one
 * and set any speed on it.  The one file that includes it.
 *
 * The port is opened for reading, unless it is an end of a bridge.  No call here moves DTR or RTS, but Linux
 * raises both when a port is opened that nobody else holds; that is seen
 * afterwards and said, because it resets many boards.  Without -b and -m the
 * port stays as it is set: somebody may be using it.
 */
#include "source/source.h"

#include <libserialport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct own {
    struct sp_port *port;
    struct sp_port_config *before;
    struct ttyline line;
    bool open;
};

static enum tt_status failed(struct tt_error *err, const char *what)
{
    char *why = sp_last_error_message();
    enum tt_status st =
        tt_fail(err, TT_ERR_IO, "cannot %s: %s", what, why ? why : "?");

    sp_free_error_message(why);
    return st;
}

static enum source_state serial_read(struct source *s, uint64_t t_ns,
                                     tt_sink_fn *sink, void *user,
                                     struct tt_error *err)
{
    struct own *own = s->own;

    if (ttyline_poll(&own->line, s, t_ns, sink, user)) {
        (void)tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
        return SOURCE_FAILED;
    }
    return source_read(s, t_ns, sink, user, err);
}

static enum tt_status serial_events(struct source *s, uint64_t t_ns,
                                    tt_sink_fn *sink, void *user)
{
    struct own *own = s->own;

    return ttyline_poll(&own->line, s, t_ns, sink, user);
}

static void serial_close(struct source *s)
{
    struct own *own = s->own;

    if (own->before) {
        (void)sp_set_config(own->port, own->before);
        sp_free_config(own->before);
    }
    (void)sp_close(own->port);
    sp_free_port(own->port);
    free(own);
}

static enum tt_status serial_set(struct source *s,
                                 const struct source_settings *set,
                                 struct tt_error *err);

static const struct source_ops serial_ops = {serial_read, serial_events,
                                             serial_close, serial_set, NULL};

static const struct {
    char letter;
    enum sp_parity parity;
} parities[] = {{'N', SP_PARITY_NONE},
                {'E', SP_PARITY_EVEN},
                {'O', SP_PARITY_ODD},
                {'M', SP_PARITY_MARK},
                {'S', SP_PARITY_SPACE}};

/* Set what was asked for, and nothing else. */
static enum tt_status set_up(struct sp_port *port,
                             const struct source_settings *set,
                             struct tt_error *err)
{
    if (set->baud && sp_set_baudrate(port, (int)set->baud))
        return tt_fail(err, TT_ERR_IO, "the port does not do %u bit/s",
                       (unsigned)set->baud);
    if (!set->mode[0])
        return TT_OK;
    for (size_t i = 0; i < TT_LEN(parities); i++)
        if (parities[i].letter == set->mode[1] &&
            sp_set_parity(port, parities[i].parity))
            return failed(err, "set the parity");
    if (sp_set_bits(port, set->mode[0] - '0') ||
        sp_set_stopbits(port, set->mode[2] - '0'))
        return failed(err, "set data and stop bits");
    return TT_OK;
}

/* What the port is set to now. */
static void look(struct source *s, const struct sp_port_config *c)
{
    int baud = 0, bits = 0, stop = 0;
    enum sp_parity parity = SP_PARITY_INVALID;

    if (sp_get_config_baudrate(c, &baud) || baud <= 0)
        return;
    s->baud = (uint32_t)baud;
    if (sp_get_config_bits(c, &bits) || sp_get_config_parity(c, &parity) ||
        sp_get_config_stopbits(c, &stop))
        return;
    for (size_t i = 0; i < TT_LEN(parities); i++)
        if (parities[i].parity == parity && bits >= 5 && bits <= 8 &&
            stop >= 1 && stop <= 2) {
            s->mode[0] = (char)('0' + bits);
            s->mode[1] = parities[i].letter;
            s->mode[2] = (char)('0' + stop);
            s->mode[3] = '\0';
        }
}

static enum tt_status serial_set(struct source *s,
                                 const struct source_settings *set,
                                 struct tt_error *err)
{
    const struct own *own = s->own;
    struct sp_port_config *now = NULL;
    enum tt_status st = set_up(own->port, set, err);

    if (st || sp_new_config(&now) != SP_OK)
        return st;
    if (sp_get_config(own->port, now) == SP_OK)
        look(s, now);
    sp_free_config(now);
    return TT_OK;
}

static enum tt_status open_port(struct source *s, struct own *own,
                                const char *name,
                                const struct source_settings *set,
                                struct tt_error *err)
{
    struct sp_port_config *now = NULL;
    const char *words;
    enum tt_status st;

    if (sp_get_port_by_name(name, &own->port))
        return failed(err, "use it as a serial port");
    if (sp_open(own->port, set->both_ways ? SP_MODE_READ_WRITE : SP_MODE_READ))
        return failed(err, "open it");
    own->open = true;
    if (sp_get_port_handle(own->port, &s->fd) || sp_new_config(&own->before) ||
        sp_get_config(own->port, own->before))
        return failed(err, "look at it");
    st = set_up(own->port, set, err);
    if (st)
        return st;
    if (sp_new_config(&now) == SP_OK) {
        if (sp_get_config(own->port, now) == SP_OK)
            look(s, now);
        sp_free_config(now);
    }
    ttyline_init(&own->line, s->fd);
    if (ttyline_raised(&own->line, &words))
        (void)snprintf(s->note, sizeof(s->note),
                       "%s %s raised: the system does that when a port is "
                       "opened, and it may have reset the board",
                       words, strchr(words, ' ') ? "are" : "is");
    return TT_OK;
}

enum tt_status serial_source(struct source *s, const char *name,
                             const struct source_settings *set,
                             struct tt_error *err)
{
    struct own *own = calloc(1, sizeof(*own));
    enum tt_status st;

    if (!own)
        return tt_fail(err, TT_ERR_NOMEM, "%s", tt_status_name(TT_ERR_NOMEM));
    *s = (struct source){
        .ops = &serial_ops, .fd = -1, .lane = set->lane, .wait_ms = -1};
    s->kind = "serial port";
    s->own = own;
    st = open_port(s, own, name, set, err);
    if (st) {
        if (own->before)
            sp_free_config(own->before);
        if (own->open)
            (void)sp_close(own->port);
        sp_free_port(own->port);
        free(own);
        s->own = NULL;
    }
    return st;
}
