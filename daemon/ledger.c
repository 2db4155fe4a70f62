#include "daemon/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/hmac.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "parsers/facts.h"

#define KEY_BYTES         32
#define MESSAGE_ID_DIGITS 40
#define HMAC_DIGITS       64

struct Ledger {
    char *key;
    gsize key_length;
    char *campaign;
    char *domain;
};

static void wipe(char *secret, gsize length)
{
    if (secret) explicit_bzero(secret, length);
    g_free(secret);
}

/* Written under another name and linked into place, so that two first starts end up with one key. */
static gboolean make_key(const char *path, GError **error)
{
    guint8 bytes[KEY_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_KEY, "no random bytes for a new ledger key: %s",
                    g_strerror(errno));
        return FALSE;
    }
    GString *hex = g_string_new(NULL);
    for (guint i = 0; i < KEY_BYTES; i++) g_string_append_printf(hex, "%02x", bytes[i]);
    explicit_bzero(bytes, sizeof bytes);
    g_string_append_c(hex, '\n');

    g_autofree char *temporary = g_strdup_printf("%s.%d", path, (int)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    gboolean written = fd >= 0 && write(fd, hex->str, hex->len) == (ssize_t)hex->len && fsync(fd) == 0;
    int failure = errno;
    if (fd >= 0) close(fd);
    if (written && link(temporary, path) != 0 && errno != EEXIST) {
        written = FALSE;
        failure = errno;
    }
    unlink(temporary);
    wipe(g_string_free(hex, FALSE), KEY_BYTES * 2);
    if (!written) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(failure),
                    "cannot write the new ledger key %s: %s", path, g_strerror(failure));
        return FALSE;
    }
    g_message("made a new ledger key %s: keep a copy of it, rebuilding the campaign needs it", path);
    return TRUE;
}

static char *load_key(const Config *config, GError **error)
{
    g_autoptr (GError) local = NULL;
    char *configured = config_secret(&config->store.key, &local);
    if (configured || local) {
        if (local) g_propagate_error(error, g_steal_pointer(&local));
        return configured;
    }
    g_autofree char *path = g_build_filename(config->store.state_dir, "ledger.key", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS) && !make_key(path, error)) return NULL;
    char *key = NULL;
    if (!g_file_get_contents(path, &key, NULL, error)) return NULL;
    return g_strchomp(key);
}

Ledger *ledger_open(const Config *config, GError **error)
{
    char *key = load_key(config, error);
    if (!key) return NULL;
    if (strlen(key) < 16) {
        wipe(key, strlen(key));
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_KEY,
                    "the ledger key is shorter than 16 characters: restore it from your copy, or remove it "
                    "to start a new campaign");
        return NULL;
    }
    Ledger *ledger = g_new0(Ledger, 1);
    ledger->key = key;
    ledger->key_length = strlen(key);
    ledger->campaign = g_strdup(config->campaign.id);
    const char *at = strrchr(config->desk.address, '@');
    ledger->domain = g_strdup(at ? at + 1 : "baosong.invalid");
    return ledger;
}

void ledger_free(Ledger *ledger)
{
    if (!ledger) return;
    wipe(ledger->key, ledger->key_length);
    g_free(ledger->campaign);
    g_free(ledger->domain);
    g_free(ledger);
}

/* HMAC over the parts, each with its length in front, so that no two lists of parts are one message. */
static char *sign(const Ledger *ledger, const char *const *parts)
{
    struct hmac_sha256_ctx context;
    guint8 digest[SHA256_DIGEST_SIZE];
    hmac_sha256_set_key(&context, ledger->key_length, (const guint8 *)ledger->key);
    for (; *parts; parts++) {
        g_autofree char *length = g_strdup_printf("%zu:", strlen(*parts));
        hmac_sha256_update(&context, strlen(length), (const guint8 *)length);
        hmac_sha256_update(&context, strlen(*parts), (const guint8 *)*parts);
    }
    hmac_sha256_digest(&context, sizeof digest, digest);
    return facts_hex(digest, sizeof digest);
}

char *ledger_message_id(const Ledger *ledger, const char *kind, const char *cause, const char *stage)
{
    g_autofree char *digits =
        sign(ledger, (const char *const[]){"message-id", ledger->campaign, kind, cause, stage, NULL});
    return g_strdup_printf("%.*s@%s", MESSAGE_ID_DIGITS, digits, ledger->domain);
}

char *ledger_seal(const Ledger *ledger, const char *json)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)json, strlen(json));
    g_autofree char *digits = sign(ledger, (const char *const[]){"record", ledger->campaign, json, NULL});
    return g_strdup_printf("v1 %s %s", base64, digits);
}

char *ledger_unseal(const Ledger *ledger, const char *value, GError **error)
{
    GString *joined = g_string_new(NULL);
    for (const char *p = value; *p; p++)
        if (!g_ascii_isspace(*p)) g_string_append_c(joined, *p);
    g_autofree char *text = g_string_free(joined, FALSE);
    gsize length = strlen(text);
    if (length <= 2 + HMAC_DIGITS || !g_str_has_prefix(text, "v1")) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD, "a record is torn: it is not of the form v1");
        return NULL;
    }
    const char *claimed = text + length - HMAC_DIGITS;
    g_autofree char *base64 = g_strndup(text + 2, length - 2 - HMAC_DIGITS);
    gsize size;
    g_autofree guchar *bytes = g_base64_decode(base64, &size);
    char *json = g_strndup((const char *)bytes, size);
    g_autofree char *digits = sign(ledger, (const char *const[]){"record", ledger->campaign, json, NULL});
    if (strcmp(digits, claimed) != 0) {
        g_free(json);
        g_set_error(
            error, LEDGER_ERROR, LEDGER_ERROR_RECORD,
            "a record is not signed with this campaign's key: another instance's, or changed on its way");
        return NULL;
    }
    return json;
}
