#include "parsers/biff_crypt.h"

#include <string.h>

#define BLOCK    1024 /* bytes of the stream under one key */
#define KEY_MAX  16
#define HASH_MAX 20

static const guint8 password[] = {'V', 0,   'e', 0,   'l', 0,   'v', 0,   'e', 0,   't', 0,   'S', 0,   'w',
                                  0,   'e', 0,   'a', 0,   't', 0,   's', 0,   'h', 0,   'o', 0,   'p', 0};

/* --- RC4 -------------------------------------------------------------------------------------- */

typedef struct Cipher {
    guint8 state[256];
    guint8 i, j;
} Cipher;

static void cipher_init(Cipher *cipher, const guint8 *key, gsize length)
{
    for (guint i = 0; i < 256; i++) cipher->state[i] = (guint8)i;
    cipher->i = cipher->j = 0;
    for (guint i = 0, j = 0; i < 256; i++) {
        j = (j + cipher->state[i] + key[i % length]) & 0xFF;
        guint8 kept = cipher->state[i];
        cipher->state[i] = cipher->state[j];
        cipher->state[j] = kept;
    }
}

static guint8 cipher_next(Cipher *cipher)
{
    cipher->i++;
    cipher->j = (guint8)(cipher->j + cipher->state[cipher->i]);
    guint8 kept = cipher->state[cipher->i];
    cipher->state[cipher->i] = cipher->state[cipher->j];
    cipher->state[cipher->j] = kept;
    return cipher->state[(guint8)(cipher->state[cipher->i] + kept)];
}

/* --- keys ------------------------------------------------------------------------------------- */

/* What the keys of all blocks are made of. */
typedef struct Secret {
    GChecksumType kind;
    guint8 base[HASH_MAX];
    gsize base_length; /* bytes of it that count */
    gsize key_length;  /* bytes of the hash that are the key */
    gsize key_padded;  /* to this length with zeros */
} Secret;

static void hash(GChecksumType kind, const guint8 *first, gsize first_length, const guint8 *second,
                 gsize second_length, guint8 out[HASH_MAX])
{
    g_autoptr (GChecksum) sum = g_checksum_new(kind);
    gsize length = HASH_MAX;
    g_checksum_update(sum, first, (gssize)first_length);
    if (second_length > 0) g_checksum_update(sum, second, (gssize)second_length);
    g_checksum_get_digest(sum, out, &length);
}

static void block_key(const Secret *secret, guint32 block, Cipher *cipher)
{
    guint8 key[HASH_MAX] = {0}, digest[HASH_MAX];
    const guint8 number[] = {(guint8)block, (guint8)(block >> 8), (guint8)(block >> 16),
                             (guint8)(block >> 24)};
    hash(secret->kind, secret->base, secret->base_length, number, sizeof number, digest);
    memcpy(key, digest, secret->key_length);
    cipher_init(cipher, key, secret->key_padded);
}

/* The file keeps 16 random bytes and their hash: decrypted they must fit. */
static gboolean is_right(const Secret *secret, const guint8 *verifier, const guint8 *verifier_hash)
{
    gsize length = (gsize)g_checksum_type_get_length(secret->kind);
    guint8 clear[16], clear_hash[HASH_MAX], digest[HASH_MAX];
    Cipher cipher;
    block_key(secret, 0, &cipher);
    for (gsize i = 0; i < sizeof clear; i++) clear[i] = verifier[i] ^ cipher_next(&cipher);
    for (gsize i = 0; i < length; i++) clear_hash[i] = verifier_hash[i] ^ cipher_next(&cipher);
    hash(secret->kind, clear, sizeof clear, NULL, 0, digest);
    return memcmp(digest, clear_hash, length) == 0;
}

/* MS-OFFCRYPTO 2.3.6: salt, verifier, its hash, 16 bytes each. */
static gboolean secret_of_97(Secret *secret, const BiffRecord *filepass)
{
    if (filepass->length < 6 + 48) return FALSE;
    const guint8 *salt = filepass->data + 6;
    guint8 digest[HASH_MAX], mixed[16 * (5 + 16)];
    hash(G_CHECKSUM_MD5, password, sizeof password, NULL, 0, digest);
    for (gsize i = 0; i < 16; i++) {
        memcpy(mixed + 21 * i, digest, 5);
        memcpy(mixed + 21 * i + 5, salt, 16);
    }
    *secret = (Secret){.kind = G_CHECKSUM_MD5, .base_length = 5, .key_length = 16, .key_padded = 16};
    hash(G_CHECKSUM_MD5, mixed, sizeof mixed, NULL, 0, secret->base);
    return is_right(secret, salt + 16, salt + 32);
}

/* MS-OFFCRYPTO 2.3.5: a head with the length of keys, then salt, verifier, its hash with their lengths. */
static gboolean secret_of_cryptoapi(Secret *secret, const BiffRecord *filepass)
{
    gsize head = 14, length = biff_u32(filepass, 10), bits = biff_u32(filepass, head + 16);
    gsize verifier = head + length;
    if (length > filepass->length || filepass->length < verifier + 60 || bits % 8 || bits < 40 ||
        bits > 8 * KEY_MAX)
        return FALSE;
    *secret =
        (Secret){.kind = G_CHECKSUM_SHA1, .base_length = 20, .key_length = bits / 8, .key_padded = bits / 8};
    if (bits == 40) secret->key_padded = KEY_MAX;
    hash(G_CHECKSUM_SHA1, filepass->data + verifier + 4, 16, password, sizeof password, secret->base);
    return is_right(secret, filepass->data + verifier + 20, filepass->data + verifier + 40);
}

/* --- streams ---------------------------------------------------------------------------------- */

/* Bytes at the start of a record's body that stay in the clear (MS-XLS 2.2.10). */
static gsize clear_length(const BiffRecord *record)
{
    switch (record->type) {
    case BIFF_BOF:
    case BIFF_FILEPASS:
    case 0x00E1: /* INTERFACEHDR */
    case 0x0138: /* RRDHEAD */
    case 0x0194: /* USREXCL */
    case 0x0195: /* FILELOCK */
    case 0x0196: /* RRDINFO */ return record->length;
    case BIFF_BOUNDSHEET: return 4;
    default: return 0;
    }
}

/* The cipher runs over everything, heads of records too, but only bodies are changed. */
static void decrypt(const Secret *secret, guint8 *data, gsize length)
{
    BiffStream stream = {.data = data, .length = length};
    BiffRecord record;
    Cipher cipher = {0};
    gsize at = 0;
    while (biff_next(&stream, &record)) {
        gsize body = record.offset + 4, clear = body + clear_length(&record);
        for (; at < body + record.length; at++) {
            if (at % BLOCK == 0) block_key(secret, (guint32)(at / BLOCK), &cipher);
            guint8 mask = cipher_next(&cipher);
            if (at >= clear) data[at] ^= mask;
        }
    }
}

GBytes *biff_decrypt(GBytes *stream, const BiffRecord *filepass)
{
    Secret secret;
    if (biff_u16(filepass, 0) != 1) return NULL; /* the older way, XOR */
    gboolean good =
        biff_u16(filepass, 2) == 1 ? secret_of_97(&secret, filepass) : secret_of_cryptoapi(&secret, filepass);
    if (!good) return NULL;
    gsize length;
    const guint8 *data = g_bytes_get_data(stream, &length);
    guint8 *clear = g_memdup2(data, length);
    decrypt(&secret, clear, length);
    return g_bytes_new_take(clear, length);
}
