#include "view/recipe.h"

#include <string.h>

/* Each stands on a public source: the way the tools themselves do it. */
const char *const recipe_texts[] = {
    /* esptool, reset.py, ClassicReset: EN on RTS, IO0 on DTR through the two
     * transistors of the usual boards */
    "esp-download \"ESP32/ESP8266 into download mode (classic, EN=RTS "
    "IO0=DTR)\" [dtr-] [rts+] 100ms [dtr+] [rts-] 50ms [dtr-]",
    /* esptool, reset.py, HardReset */
    "esp-run \"ESP32/ESP8266 reset, run the application\" [dtr-] [rts+] 100ms "
    "[rts-]",
    /* stm32flash -i 'rts,-dtr...': BOOT0 on RTS, NRST on DTR, both through an
     * inverter or active low at the adapter's pin */
    "stm32-boot \"STM32 boot loader: BOOT0=RTS high, NRST=DTR low pulse "
    "(inverting)\" [rts+] 10ms [dtr+] 100ms [dtr-] 200ms",
    "stm32-run \"STM32 application: BOOT0=RTS low, NRST=DTR low pulse "
    "(inverting)\" [rts-] 10ms [dtr+] 100ms [dtr-]",
    /* the other polarity: adapter pins straight on BOOT0 and NRST */
    "stm32-boot-direct \"STM32 boot loader: RTS and DTR straight on BOOT0 and "
    "NRST\" [rts-] 10ms [dtr+] 100ms [dtr-] 200ms",
    /* avrdude, arduino.c: DTR and RTS go active and pulse reset by a
     * capacitor */
    "arduino-reset \"Arduino: reset by DTR through the capacitor\" [dtr-] "
    "[rts-] 250ms [dtr+] [rts+] 50ms",
};
const size_t recipe_count = TT_LEN(recipe_texts);

static enum tt_status wrong(struct tt_error *err, const char *text,
                            const char *at, enum tt_status st, const char *why)
{
    (void)tt_fail(err, st, "%s", why);
    if (err) {
        err->line = 1;
        err->col = (unsigned)(at - text) + 1;
    }
    return st;
}

static bool is_lines_event(enum tt_event e)
{
    return e == TT_EV_DTR_UP || e == TT_EV_DTR_DOWN || e == TT_EV_RTS_UP ||
           e == TT_EV_RTS_DOWN || e == TT_EV_BREAK;
}

/* "100ms" or "1s"; the character after it comes back, NULL when it is none. */
static const char *parse_pause(const char *s, uint32_t *ms)
{
    uint32_t n = 0;
    size_t digits = strspn(s, "0123456789");

    if (!digits || digits > 5)
        return NULL;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (uint32_t)(s[i] - '0');
    s += digits;
    if (s[0] == 'm' && s[1] == 's')
        s += 2;
    else if (s[0] == 's' && n <= RECIPE_MAX_MS / 1000)
        n *= 1000, s += 1;
    else
        return NULL;
    *ms = n;
    return *s == ' ' || !*s ? s : NULL;
}

static const char *parse_name(struct recipe *r, const char *s)
{
    size_t n = strcspn(s, " \""), end;

    if (!n || n >= sizeof(r->name))
        return NULL;
    memcpy(r->name, s, n);
    s += n;
    s += strspn(s, " ");
    if (*s != '"')
        return s;
    end = strcspn(++s, "\"");
    if (s[end] != '"')
        return NULL;
    memcpy(r->what, s, end < sizeof(r->what) ? end : sizeof(r->what) - 1);
    return s + end + 1;
}

static const char *parse_step(struct recipe_step *step, const char *s)
{
    struct tt_slice name = {s + 1, 0};

    if (*s != '[')
        return parse_pause(s, &step->ms);
    name.n = strcspn(name.p, "]");
    step->event = tt_event_by_name(name);
    if (name.p[name.n] != ']' || !is_lines_event(step->event))
        return NULL;
    step->ms = step->event == TT_EV_BREAK ? 250 : 0;
    return name.p + name.n + 1;
}

enum tt_status recipe_parse(struct recipe *r, const char *text,
                            struct tt_error *err)
{
    const char *s = text + strspn(text, " ");

    memset(r, 0, sizeof(*r));
    s = parse_name(r, s);
    if (!s)
        return wrong(err, text, text, TT_ERR_SYNTAX,
                     "a recipe is NAME \"what for\" [dtr-] 100ms [dtr+] ...");
    for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
        struct recipe_step step = {0};
        const char *next = parse_step(&step, s);

        if (!next)
            return wrong(err, text, s, TT_ERR_SYNTAX,
                         "a step is [dtr+] [dtr-] [rts+] [rts-] [break] or a "
                         "pause such as 100ms");
        if (r->n == RECIPE_STEPS)
            return wrong(err, text, s, TT_ERR_LIMIT, "at most 32 steps");
        if (step.ms > RECIPE_MAX_MS)
            return wrong(err, text, s, TT_ERR_LIMIT,
                         "a pause is at most 5000ms");
        r->step[r->n++] = step;
        s = next;
    }
    return r->n ? TT_OK
                : wrong(err, text, s, TT_ERR_SYNTAX, "a recipe without steps");
}
