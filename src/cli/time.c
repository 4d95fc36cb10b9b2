/*
 * time - times as people write them, and the clock.
 */
#include "cli/cli.h"

#include <string.h>
#include <time.h>

uint64_t clock_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * TT_NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t wall_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * TT_NS_PER_S + (uint64_t)t.tv_nsec;
}

bool parse_time(const char *s, uint64_t *ns)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {
        {"", TT_NS_PER_S},        {"s", TT_NS_PER_S}, {"ms", TT_NS_PER_MS},
        {"us", TT_NS_PER_US},     {"ns", 1},          {"min", 60 * TT_NS_PER_S},
        {"h", 3600 * TT_NS_PER_S}};
    const uint64_t most = UINT64_C(1000000000000); /* of any unit */
    uint64_t whole = 0, part = 0, scale = 1;
    size_t digits = 0;

    for (; *s >= '0' && *s <= '9'; s++, digits++)
        if ((whole = whole * 10 + (uint64_t)(*s - '0')) > most)
            return false;
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++, digits++)
            if (scale < 1000000) {
                part = part * 10 + (uint64_t)(*s - '0');
                scale *= 10;
            }
    for (size_t i = 0; digits && i < TT_LEN(units); i++)
        if (strcmp(s, units[i].unit) == 0 && whole < UINT64_MAX / units[i].ns) {
            *ns = whole * units[i].ns + part * units[i].ns / scale;
            return true;
        }
    return false;
}

int utc_offset(void)
{
    time_t now = time(NULL);
    struct tm local;

    return localtime_r(&now, &local) ? (int)local.tm_gmtoff : 0;
}
