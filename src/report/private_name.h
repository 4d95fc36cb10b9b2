/*
 * private_name - names of people and of machines by their place: mail
 * addresses, home folders, prompts of shells, adapters by their serial number.
 *
 * Layer: report.  Used by private_form.c only.
 */
#ifndef TT_REPORT_PRIVATE_NAME_H
#define TT_REPORT_PRIVATE_NAME_H

#include "report/private.h"

/* What such things are called of which nothing may stay, not even marks. */
#define TT_PRIVATE_LOGIN "login in an address"
#define TT_PRIVATE_HOME  "name of a home folder"

/* How long it is; 0: nothing such.  *i becomes its first byte, *what always
 * says something. */
size_t tt_private_owner_at(const struct tt_private_text *t, size_t *i,
                           const char **what);

#endif
