#include "base/base.h"

#include <stdio.h>

int main(void)
{
    printf("telltale %s\n", tt_version());
    return 0;
}
