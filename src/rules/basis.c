/*
 * basis: which real thing a rule was verified against.  A protocol says it
 * for all its rules, a rule for itself.
 */
#include "rules/read.h"

bool tt_read_basis(struct tt_reader *r, struct tt_basis *basis)
{
    static const char hint[] = "basis source \"stm32flash 0.7, init_bl()\"";
    const struct tt_tok *t = tt_peek(r, 0);
    int i = t ? tt_word_find(&tt_basis_words, t->v) : -1;

    if (basis->kind != TT_BASIS_NONE)
        return tt_bad_at(r, r->line_first, r->indent + 1, (unsigned)r->word.n,
                         "keep the strongest: recording, source, document",
                         "'basis' was said already");
    if (i < 0) {
        (void)tt_bad(r, t, NULL, "'basis' says what a rule was verified with");
        tt_hint(r, "one of: ");
        tt_hint_words(r, &tt_basis_words);
        return false;
    }
    r->i++;
    if (tt_peek(r, 0) && tt_peek(r, 0)->kind != TT_T_STR)
        return tt_bad(r, NULL, hint, "after '%s' a text may stand",
                      tt_quote(r, t->v));
    if (tt_peek(r, 0) && !tt_read_texts(r, &basis->what))
        return false;
    basis->kind = (enum tt_basis_kind)(i + 1);
    return true;
}

const struct tt_basis *tt_rule_basis(const struct tt_rule *r)
{
    if (r->basis.kind == TT_BASIS_NONE && r->protocol)
        return &r->protocol->basis;
    return &r->basis;
}

const char *tt_basis_name(enum tt_basis_kind k)
{
    return k > TT_BASIS_NONE && (unsigned)k <= tt_basis_words.n
               ? tt_basis_words.word[k - 1]
               : "";
}
