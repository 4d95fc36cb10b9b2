/*
 * notes - labels on bytes, kept for a report: "sync, ACK" on lane '<', bytes
 * 0 to 0.
 *
 * Layer: report.
 */
#ifndef TT_REPORT_NOTES_H
#define TT_REPORT_NOTES_H

#include "engine/engine.h"

enum { TT_NOTE_TEXT = 56 };

struct tt_note {
    enum tt_lane lane;
    uint64_t offset, len;
    char text[TT_NOTE_TEXT];
};

struct tt_notes {
    const struct tt_rules *set;
    struct tt_note *v;
    size_t n, size;
    bool cut; /* there were more */
    bool sorted;
};

void tt_notes_init(struct tt_notes *notes, const struct tt_rules *set);
void tt_notes_release(struct tt_notes *notes);
void tt_notes_clear(struct tt_notes *notes);

/* A tt_hit_fn for tt_session_notes(); user is the struct tt_notes. */
void tt_notes_hit(const struct tt_hit *hit, void *user);

/* By lane and place, each once. */
void tt_notes_sort(struct tt_notes *notes);

#endif
