/*
 * words - the vocabulary of the rule language and "did you mean".
 *
 * One list for each place where a word can stand, in the order messages show
 * them.
 *
 * Layer: rules (private).
 */
#ifndef TT_RULES_WORDS_H
#define TT_RULES_WORDS_H

#include "rules/rules.h"

struct tt_words {
    const char *const *word;
    size_t n;
};

extern const struct tt_words tt_statement_words; /* inside a rule */
extern const struct tt_words tt_protocol_words;  /* inside a protocol */
extern const struct tt_words tt_edge_words;      /* at the left edge */
extern const struct tt_words tt_class_words;
extern const struct tt_words tt_function_words; /* by enum tt_fn */
extern const struct tt_words tt_event_words;    /* allowed in patterns */
extern const struct tt_words tt_severity_words; /* by enum tt_severity */
extern const struct tt_words tt_side_words;     /* by enum tt_side, less 1 */
extern const struct tt_words tt_basis_words; /* by enum tt_basis_kind, less 1 */
extern const struct tt_words tt_builtin_words; /* by enum tt_builtin */
extern const struct tt_words tt_sensor_words;  /* by enum tt_sensor */
extern const struct tt_words tt_format_words;  /* of {field:FORMAT} */
extern const struct tt_words tt_form_words;    /* of log "{field:FORM}" */

/* Position of w in the list, or -1. */
int tt_word_find(const struct tt_words *list, struct tt_slice w);

/* The bytes of a class; false when there is no such class. */
bool tt_class_set(struct tt_slice name, struct tt_set *out);

/* The type called so (u8, i32le, ...); false when there is none. */
bool tt_type_find(struct tt_slice name, struct tt_type *out);

/* The name of a type, in name[8]. */
void tt_type_name(const struct tt_type *t, char *name);

/* Is w a word of the language, so that nothing can be called so? */
bool tt_word_reserved(struct tt_slice w);

/*
 * The word of the list that w was meant to be, or NULL: at most a third of
 * its letters (at least one) missing, extra, changed or swapped; of equally
 * near words the first in the alphabet.
 */
const char *tt_word_near(struct tt_slice w, const struct tt_words *list);

/* The same among the names of a set's rules. */
const char *tt_rules_near(const struct tt_rules *set, const char *name);

/* How many bits of chance equality with fn's result rules out. */
unsigned tt_function_bits(enum tt_fn fn);

#endif
