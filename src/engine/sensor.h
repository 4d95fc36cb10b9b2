/*
 * sensor - detectors that are not patterns.
 *
 * A sensor looks at the bytes of the lanes and says where something begins
 * and is proven.  Each is one file with a descriptor; sensor.c lists them.
 *
 * Layer: engine.
 */
#ifndef TT_ENGINE_SENSOR_H
#define TT_ENGINE_SENSOR_H

#include "engine/lane.h"
#include "rules/rules.h"

/* One byte more on a lane. */
struct tt_sense {
    const struct tt_lane_state *lanes; /* host, device, tool */
    enum tt_lane lane;                 /* the lane it came on */
    uint64_t off;                      /* its offset there */
    uint8_t byte;
    uint64_t turn; /* offset where the host's present turn began */
};

struct tt_sensor_def {
    const char *name;
    size_t size; /* of its state, zeroed at the start, one a lane */
    /* Takes a byte; true when its finding is complete with this byte:
     * *start is the offset on the same lane where the finding begins. */
    bool (*feed)(void *state, const struct tt_sense *s, uint64_t *start);
    uint8_t lanes; /* bits: lanes whose bytes it wants */
};

/* The descriptor of a sensor, never NULL. */
const struct tt_sensor_def *tt_sensor_def(enum tt_sensor which);

extern const struct tt_sensor_def tt_sensor_loop;
extern const struct tt_sensor_def tt_sensor_echo;
extern const struct tt_sensor_def tt_sensor_no_flow;
extern const struct tt_sensor_def tt_sensor_no_cr;
extern const struct tt_sensor_def tt_sensor_seven;
extern const struct tt_sensor_def tt_sensor_ff;
extern const struct tt_sensor_def tt_sensor_crlf;

#endif
