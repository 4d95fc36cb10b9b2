#include "engine/sensor.h"

const struct tt_sensor_def *tt_sensor_def(enum tt_sensor which)
{
    static const struct tt_sensor_def *const defs[TT_SENSORS] = {
        [TT_SENSOR_LOOP] = &tt_sensor_loop,
        [TT_SENSOR_ECHO] = &tt_sensor_echo,
        [TT_SENSOR_NO_FLOW] = &tt_sensor_no_flow,
        [TT_SENSOR_NO_CR] = &tt_sensor_no_cr,
        [TT_SENSOR_SEVEN] = &tt_sensor_seven,
        [TT_SENSOR_FF] = &tt_sensor_ff,
        [TT_SENSOR_CRLF] = &tt_sensor_crlf};

    return defs[which];
}
