#include "format/usbid.h"
#include "suites.h"

#include <string.h>

START_TEST(in_order_and_complete)
{
    size_t n;
    const struct tt_usb_id *t = tt_usb_id_table(&n);

    ck_assert_uint_gt(n, 50);
    for (size_t i = 0; i < n; i++) {
        ck_assert_ptr_eq(tt_usb_id_find(t[i].vid, t[i].pid), &t[i]);
        ck_assert_uint_gt(strlen(t[i].name), 0);
        ck_assert_uint_gt(strlen(t[i].source), 0);
        if (i)
            ck_assert_uint_lt((unsigned)t[i - 1].vid << 16 | t[i - 1].pid,
                              (unsigned)t[i].vid << 16 | t[i].pid);
    }
}
END_TEST

static const struct {
    uint16_t vid, pid;
    int kind; /* -1: not known */
} cases[] = {{0x0e8d, 0x0003, TT_USB_BOOT},
             {0x05c6, 0x9008, TT_USB_BOOT},
             {0x05c6, 0x900e, TT_USB_DUMP},
             {0x0403, 0x6001, TT_USB_ADAPTER},
             {0x2341, 0x8036, TT_USB_NORMAL},
             {0x0403, 0x6002, -1},
             {0x0000, 0x0000, -1},
             {0xffff, 0xffff, -1}};

START_TEST(known_numbers)
{
    const struct tt_usb_id *id = tt_usb_id_find(cases[_i].vid, cases[_i].pid);

    ck_assert_int_eq(id ? (int)id->kind : -1, cases[_i].kind);
    if (id)
        ck_assert_uint_gt(strlen(tt_usb_kind_name(id->kind)), 0);
}
END_TEST

Suite *usbid_suite(void)
{
    Suite *s = suite_create("usbid");
    TCase *tc = tcase_create("table");

    tcase_add_test(tc, in_order_and_complete);
    tcase_add_loop_test(tc, known_numbers, 0, (int)TT_LEN(cases));
    suite_add_tcase(s, tc);
    return s;
}
