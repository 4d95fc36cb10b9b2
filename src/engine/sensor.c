#include "engine/sensor.h"

const struct tt_sensor_def *tt_sensor_def(enum tt_sensor which)
{
    static const struct tt_sensor_def *const defs[TT_SENSORS] = {
        [TT_SENSOR_LOOP] = &tt_sensor_loop, [TT_SENSOR_ECHO] = &tt_sensor_echo};

    return defs[which];
}
