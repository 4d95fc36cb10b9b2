#include "view/player.h"

#include <stdio.h>

enum { STEP_BYTES = 4 << 20 };

static const double speeds[SPEEDS] = {0.1, 0.2, 0.25, 0.5, 1,  2,  3,
                                      5,   10,  20,   30,  50, 100};

void player_init(struct player *p, struct port *port)
{
    *p = (struct player){
        .port = port, .playing = true, .full = true, .speed = SPEED_NORMAL};
}

static bool at_end(const struct player *p)
{
    return p->end_known && p->port->fed >= store_end(&p->port->source);
}

/* From the first record again, in its own time. */
static void rewind_to_start(struct player *p)
{
    struct tt_record r;
    uint64_t offset;

    port_restart(p->port, NULL);
    p->port->clipped = true;
    p->head_ns = 0;
    if (store_get(&p->port->source, store_first(&p->port->source), &r, &offset))
        p->head_ns = (double)r.t_ns;
    p->port->now_ns = (uint64_t)p->head_ns;
}

void player_play(struct player *p, double speed)
{
    if (speed <= 0) {
        player_full(p);
        return;
    }
    rewind_to_start(p);
    p->playing = true;
    p->full = false;
    p->port->look.follow = true;
    p->speed = 0;
    while (p->speed + 1 < SPEEDS &&
           speeds[p->speed + 1] - speed < speed - speeds[p->speed])
        p->speed++;
}

void player_pause(struct player *p)
{
    if (at_end(p)) {
        rewind_to_start(p);
        p->playing = true;
        p->full = false;
        p->port->look.follow = true;
        return;
    }
    p->playing = !p->playing;
    p->full = false;
    if (p->playing)
        p->head_ns = (double)p->port->now_ns;
    p->port->clipped = true;
    p->port->look.follow = true;
}

void player_faster(struct player *p, int by)
{
    p->full = false;
    p->speed += by;
    if (p->speed < 0)
        p->speed = 0;
    if (p->speed >= SPEEDS)
        p->speed = SPEEDS - 1;
    p->head_ns = (double)p->port->now_ns;
}

void player_full(struct player *p)
{
    p->playing = p->full = true;
}

/* To step, the play head must be where the user looks. */
static void begin_steps(struct player *p)
{
    struct tt_record r;
    uint64_t offset;

    p->playing = p->full = p->seeking = false;
    if (p->port->clipped)
        return;
    if (p->port->look.placed &&
        store_get(&p->port->source, p->port->look.cursor.record, &r, &offset)) {
        uint64_t upto = p->port->look.cursor.record;

        rewind_to_start(p);
        while (p->port->fed < upto &&
               port_step(p->port, STEP_RECORD, STEP_BYTES))
            ;
    } else {
        rewind_to_start(p);
    }
}

void player_step(struct player *p, enum port_step how)
{
    begin_steps(p);
    (void)port_step(p->port, how, STEP_BYTES);
    p->head_ns = (double)p->port->now_ns;
    p->port->look.follow = true;
    if (at_end(p))
        port_finish(p->port, p->end_ns);
}

void player_seek(struct player *p, uint64_t t_ns)
{
    if (!p->port->clipped)
        return;
    if (t_ns < p->port->now_ns) {
        bool was = p->playing;

        rewind_to_start(p);
        p->playing = was;
    }
    p->seeking = true;
    p->target_ns = t_ns;
    p->port->look.follow = true;
}

/* On the way to a place. */
static bool go_on_seeking(struct player *p, size_t bytes)
{
    bool more = port_work(p->port, p->target_ns, bytes);

    if (!more) {
        p->seeking = false;
        if (at_end(p) && p->target_ns > p->end_ns)
            p->target_ns = p->end_ns;
        p->head_ns = (double)p->target_ns;
        p->port->now_ns = p->target_ns;
    }
    return more;
}

bool player_advance(struct player *p, uint64_t ns, size_t bytes)
{
    bool more = false;

    if (p->seeking) {
        more = go_on_seeking(p, bytes);
    } else if (p->playing && p->full) {
        more = port_work(p->port, UINT64_MAX, bytes);
    } else if (p->playing) {
        p->head_ns += (double)ns * speeds[p->speed];
        more = port_work(p->port, (uint64_t)p->head_ns, bytes);
        if (!more && !at_end(p)) {
            const struct tt_record tick = {.t_ns = (uint64_t)p->head_ns,
                                           .lane = TT_LANE_LINE,
                                           .event = TT_EV_TICK};

            if (tt_session_push(p->port->session, &tick))
                p->port->status = TT_ERR_NOMEM;
            p->port->now_ns = tick.t_ns;
        }
    }
    if (p->playing && at_end(p)) {
        p->playing = false;
        if (p->port->now_ns < p->end_ns)
            p->port->now_ns = p->end_ns;
        port_finish(p->port, p->end_ns);
    }
    port_refresh(p->port, false);
    return more;
}

void player_state(const struct player *p, char out[48])
{
    const char *doing = p->seeking    ? "seeking"
                        : at_end(p)   ? "end"
                        : !p->playing ? "paused"
                        : p->full     ? "reading"
                                      : NULL;

    if (doing)
        (void)snprintf(out, 48, "%s", doing);
    else
        (void)snprintf(out, 48, "replay %gx", speeds[p->speed]);
}
