/*
 * The view's small languages: a settings file (which holds recipes and
 * themes), and on its first line what somebody may search for.
 */
#include "view/search.h"
#include "view/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(const struct tt_error *err, void *user)
{
    (void)user;
    if (!err->line || !err->msg[0])
        abort(); /* a mistake has a place and a sentence */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings s;
    struct needle n;
    struct tt_error err;
    char line[200];
    size_t len = size < sizeof(line) - 1 ? size : sizeof(line) - 1;

    settings_init(&s);
    (void)settings_read(&s, (const char *)data, size, tell, NULL);
    for (size_t i = 0; i < s.nrecipes; i++)
        if (!s.recipe[i].n || s.recipe[i].n > RECIPE_STEPS ||
            !memchr(s.recipe[i].name, 0, RECIPE_NAME))
            abort();
    memcpy(line, data, len);
    line[len] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (!needle_parse(&n, line, &err) && n.kind == SEARCH_BYTES &&
        (!n.n || n.n > MAX_NEEDLE))
        abort();
    return 0;
}
