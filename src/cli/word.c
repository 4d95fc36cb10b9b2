/*
 * word - what was that word meant to be?
 */
#include "cli/cli.h"

#include "rules/words.h"

const char *nearest(const char *written, const char *const *words, size_t n)
{
    const struct tt_words list = {words, n};

    return tt_word_near(tt_slice_of(written), &list);
}
