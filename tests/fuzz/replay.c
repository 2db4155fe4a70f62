/* replay.c - runs a fuzz target over saved inputs, for compilers without libFuzzer: FILE or FOLDER ... */
#include <stdio.h>

#include "tests/fuzz/fuzz.h"

static guint replay(const char *path)
{
    g_autoptr (GDir) folder = g_dir_open(path, 0, NULL);
    if (!folder) {
        g_autofree char *data = NULL;
        gsize size = 0;
        if (!g_file_get_contents(path, &data, &size, NULL)) return 0;
        g_autofree uint8_t *exact = g_memdup2(data, size); /* without the NUL behind it */
        LLVMFuzzerTestOneInput(exact ? exact : (const uint8_t *)"", size);
        return 1;
    }
    guint done = 0;
    for (const char *name; (name = g_dir_read_name(folder));) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        done += replay(inner);
    }
    return done;
}

int main(int argc, char **argv)
{
    guint done = 0;
    for (int i = 1; i < argc; i++) {
        guint more = replay(argv[i]);
        if (more == 0) fprintf(stderr, "%s: no such file, or an empty folder\n", argv[i]);
        if (more == 0) return 1;
        done += more;
    }
    printf("[  PASSED  ] 1 test(s): %u inputs of %s\n", done, argv[0]); /* as cmocka says it, for check.sh */
    return 0;
}
