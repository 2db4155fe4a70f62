/* The config file, beside a roster and a list of holidays. */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "tests/fuzz/fuzz.h"

static char *folder, *config_file;

static void put(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (!g_file_set_contents(path, text, -1, NULL)) fuzz_broken(path, strerror(errno));
}

static void clean_up(void)
{
    static const char *const names[] = {"roster.csv", "holidays-2014.conf", "baosong.conf"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
    g_free(config_file);
}

static void set_up(void)
{
    if (folder) return;
    fuzz_start();
    folder = g_dir_make_tmp("baosong-fuzz-XXXXXX", NULL);
    config_file = g_build_filename(folder, "baosong.conf", NULL);
    put("roster.csv",
        "代码,单位名称,类型,简称,邮箱,联系人,电话,书记,书记邮箱,党支部数,应报数\n"
        "A,文学院党委,学院党委,文学院,a@university.example,联系人甲,010-00000001,书记甲,,12,\n"
        "B,图书馆直属党支部,直属党支部,图书馆,b@university.example,联系人乙,010-00000002,,,,3\n");
    put("holidays-2014.conf", "off 2014-06-02 端午节\nwork 2014-05-04\n");
    atexit(clean_up);
}

/* Not g_file_set_contents(): it waits for the disk. */
static void write_config(const uint8_t *data, size_t size)
{
    FILE *file = fopen(config_file, "we");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        fuzz_broken(config_file, strerror(errno));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    set_up();
    write_config(data, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = config_load(config_file, &error);
    FUZZ_PROMISE(!config == (error != NULL), "a config or an error");
    if (error) fuzz_is_line(error->message);
    if (!config) return 0;
    for (guint i = 0; i < config->roster->committees->len; i++) {
        Quota quota = config_quota(config, g_ptr_array_index(config->roster->committees, i));
        FUZZ_PROMISE(quota.most == 0 || quota.least <= quota.most, "quotas are ranges");
    }
    return 0;
}
