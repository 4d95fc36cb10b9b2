#include "view/store.h"

static uint64_t tape_first(void *own)
{
    return tt_tape_first(own);
}

static uint64_t tape_end(void *own)
{
    return tt_tape_end(own);
}

static bool tape_get(void *own, uint64_t n, struct tt_record *r,
                     uint64_t *offset)
{
    if (!tt_tape_get(own, n, r))
        return false;
    *offset = tt_tape_offset(own, n);
    return true;
}

struct store store_of_tape(struct tt_tape *tape)
{
    return (struct store){tape_first, tape_end, tape_get, tape};
}
