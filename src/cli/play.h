/*
 * play - what all ways of playing a recording have in common.
 *
 * Layer: cli.
 */
#ifndef TELLTALE_CLI_PLAY_H
#define TELLTALE_CLI_PLAY_H

#include "cli/options.h"
#include "cli/record.h"
#include "source/dialog.h"

/* A recording that stands for a device, and what is heard of its host. */
struct play {
    const struct options *o;
    const char *name;
    struct dialog *dialog;
    struct tt_tape_info info; /* of the recording that is played */
    /* Speed and frame at the host's first byte, recorded and live; 0: not
     * known. */
    uint32_t baud, live_baud;
    char mode[4], live_mode[4];
    bool host_spoke;
    struct tt_tape_info live; /* of the session */
    struct recording rec;
    uint64_t start_ns;      /* on the clock */
    struct tt_slice saying; /* is on its way to the host */
    bool failed;
};

/* All of the recording; lines: the host's control lines will be seen.  False:
 * said why. */
bool play_load(struct play *p, const struct options *o, bool lines);
void play_release(struct play *p);

/* The session begins: with -r it is recorded, as heard at port.  False: said
 * why. */
bool play_begin(struct play *p, const char *port);

/* Now, on the tape. */
uint64_t play_now(const struct play *p);

/* What the host did: to the recording that answers, onto the disk. */
void play_heard(struct play *p, const struct tt_record *r);

/* Say to fd (which does not block) what the device says by now; false when
 * it is gone.  What was said is added to the recording if keep. */
bool play_speak(struct play *p, int fd, bool keep);
/* Does something wait for room in fd? */
bool play_stuck(const struct play *p);

/* poll(), but not for longer than until the device speaks; most is in
 * milliseconds, -1 for no other limit. */
struct pollfd;
int play_poll(const struct play *p, struct pollfd *fds, size_t n, int most);

/* How far the host got. */
void play_summary(const struct play *p);

/* The ways besides the screen. */
enum exit_code play_lines(const struct options *o); /* to stdout */
enum exit_code play_tool(const struct options *o);  /* --as-device */
enum exit_code play_link(const struct options *o);  /* --link */
enum exit_code play_port(const struct options *o);  /* --to */

/* Does r fall into --since and --until? */
bool play_wanted(const struct options *o, const struct tt_record *r);

/* ns of the recording at the speed asked for. */
uint64_t play_scaled(const struct options *o, uint64_t ns);

#endif
