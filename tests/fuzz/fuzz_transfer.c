/* Bytes as parts of mails hold them: each transfer encoding, files in the text, S/MIME. */
#include "parsers/smime.h"
#include "parsers/transfer.h"
#include "tests/fuzz/fuzz.h"

static void decode(const char *text, gsize length)
{
    for (Transfer transfer = TRANSFER_NONE; transfer <= TRANSFER_UU; transfer++) {
        g_autoptr (GBytes) bytes = transfer_decode(transfer, text, length);
        const gsize most =
            transfer == TRANSFER_UU ? 4 * length + 4200 : length; /* spaces may have got lost */
        FUZZ_PROMISE(g_bytes_get_size(bytes) <= most, "no encoding makes bytes fewer");
    }
}

static void find_files(const char *text, gsize length)
{
    TransferFile file;
    for (gsize from = 0; transfer_find_file(text, length, from, &file); transfer_file_clear(&file)) {
        FUZZ_PROMISE(file.start >= from && file.end > file.start && file.end <= length,
                     "a file lies in the text, behind the one before it");
        FUZZ_PROMISE(*file.name && g_bytes_get_size(file.content) <= 4 * (file.end - file.start) + 4200,
                     "it has a name, and not many more bytes than its lines");
        from = file.end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autofree char *text = g_memdup2(data, size); /* nothing behind the last byte */
    const char *bytes = text ? text : "";
    decode(bytes, size);
    find_files(bytes, size);
    g_autoptr (GBytes) cms = g_bytes_new(data, size);
    g_autoptr (GBytes) content = smime_content(cms);
    FUZZ_PROMISE(!content || (g_bytes_get_size(content) > 0 && g_bytes_get_size(content) < size),
                 "what is signed is within");
    FUZZ_PROMISE(!content || !smime_is_encrypted(cms), "what can be read is not encrypted");
    return 0;
}
