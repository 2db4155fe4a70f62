/* inflate FILE.docx - writes its word/document.xml to standard output, unpacked by libdeflate, and does
 * nothing else: the least that any reader of .docx must do. No check of a stranger's bytes: it is for files
 * that we know. */
#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t number(const unsigned char *at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++) value |= (uint32_t)at[i] << 8 * i;
    return value;
}

int main(int argc, char **argv)
{
    static const char name[] = "word/document.xml";
    static unsigned char data[1 << 20];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    size_t length = file ? fread(data, 1, sizeof data, file) : 0;
    for (const unsigned char *at = data; length > 46 && at < data + length - 46; at++) { /* APPNOTE 4.3.12 */
        if (memcmp(at, "PK\1\2", 4) != 0 || number(at + 28, 2) != strlen(name) ||
            memcmp(at + 46, name, strlen(name)) != 0)
            continue;
        const unsigned char *local = data + number(at + 42, 4),
                            *packed = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        size_t size = number(at + 24, 4);
        char *out = malloc(size + 1);
        struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
        if (libdeflate_deflate_decompress(inflater, packed, number(at + 20, 4), out, size, NULL) !=
            LIBDEFLATE_SUCCESS)
            return 1;
        return fwrite(out, 1, size, stdout) == size ? 0 : 1;
    }
    return 1;
}
