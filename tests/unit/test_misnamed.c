/* Which names promise another kind of file than there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parsers/misnamed.h"

#define OOXML "application/vnd.openxmlformats-officedocument."

static void test_names(void **state)
{
    static const struct {
        const char *name, *type;
        gboolean wrong;
    } CASES[] = {
        {"a.docx", OOXML "wordprocessingml.document", FALSE},
        {"A.DOCX", OOXML "wordprocessingml.template", FALSE},
        {"a.docm", "application/vnd.ms-word.document.macroEnabled.12", FALSE},
        {"a.doc", "application/msword", FALSE},
        {"a.wps", "application/wps-office.wps", FALSE},
        {"a.doc", "application/msword+xml", FALSE},
        {"a.doc", "multipart/related", FALSE}, /* a page in one file, which Word saves so */
        {"a.et", "application/wps-office.et", FALSE},
        {"a.xls", "application/vnd.ms-excel", FALSE},
        {"a.xlsb", "application/vnd.ms-excel.sheet.binary.macroEnabled.12", FALSE},
        {"a.docx", "application/msword", TRUE},
        {"a.doc", OOXML "wordprocessingml.document", TRUE},
        {"a.doc", "application/pdf", TRUE},
        {"a.doc", "application/rtf", TRUE},
        {"a.xls", "multipart/related", TRUE},
        {"a.xls", OOXML "spreadsheetml.sheet", TRUE},
        {"报送.pdf", OOXML "wordprocessingml.document", TRUE},
        {"a.zip", "application/vnd.rar", TRUE},
        {"a.docx", "application/octet-stream", FALSE}, /* nothing is known of it */
        {"a.docx", "", FALSE},
        {"a.doc.", "application/pdf", FALSE}, /* these promise nothing */
        {"doc", "application/pdf", FALSE},
        {"a.jpg", "image/png", FALSE},
        {"a.txt", "text/html", FALSE},
        {"a.x", "application/pdf", FALSE},
        {"", "application/pdf", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
        if (misnamed(CASES[i].name, CASES[i].type) != CASES[i].wrong)
            fail_msg("%s that is %s", CASES[i].name, CASES[i].type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
