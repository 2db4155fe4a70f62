/* keys.h - the one table of keys: loading, checking, the example and the manual come from it. Inside config/.
 */
#pragma once

#include "config/config.h"

/* What a value is read with. */
typedef struct KeyContext {
    const char *folder;       /* of the config file: relative paths start there */
    const Calendar *calendar; /* NULL until timezone and holidays are known: keys with `dated` come after */
} KeyContext;

typedef struct Key Key;

typedef struct KeyType {
    const char *right; /* what a value is: "a whole number", for errors and the manual; NULL = its choices */
    gboolean dated;    /* needs the calendar */
    gboolean ranged;   /* least and most of the key bound it */
    /* Reads `text` (trimmed, never empty unless the key's default is) into the slot. NULL if it is right,
     * else what is wrong with it (caller frees). */
    char *(*set)(const Key *key, const KeyContext *context, const char *text, void *slot);
    void (*clear)(void *slot); /* frees what set() put there; NULL = nothing to free */
} KeyType;

extern const KeyType key_text, key_zone, key_optional, key_id, key_prefix, key_address, key_imap_url,
    key_smtp_url, key_file, key_path, key_starts, key_deadline, key_list, key_keywords, key_others, key_days,
    key_stages, key_clock, key_bool, key_choice, key_number, key_seconds, key_size;

struct Key {
    const char *section, *name;
    const KeyType *type;
    gsize offset;        /* of the slot in Config; for section "theme" in Theme */
    const char *value;   /* default; NULL = required */
    const char *example; /* in the example; NULL = the default, as a comment */
    guint64 least, most; /* of ranged types, in the type's unit */
    const char *choices; /* of key_choice: "auto|append", in the order of the enum */
    gboolean secret;     /* the value never appears in a message */
    const char *help;    /* one or two sentences, plain text */
};

extern const Key keys[];
extern const guint keys_count;

typedef struct KeySection {
    const char *name; /* "theme" stands for every [theme NAME] */
    const char *help;
} KeySection;

extern const KeySection key_sections[]; /* in the order of the example */
extern const guint key_sections_count;

/* The key, or NULL. Its index in keys[] is key - keys. */
const Key *keys_find(const char *section, const char *name);

/* The known section that was meant, or NULL. Static. */
const char *keys_nearest_section(const char *name);

/* A phrase for errors: "; did you mean …", "; it belongs to [smtp]", or "". Caller frees. */
char *keys_hint(const char *section, const char *name);

/* "60 … 86400", "shared or dedicated", "a whole number from 1 to 64": what a value of this key may be. Caller
 * frees. */
char *keys_right(const Key *key);

/* Frees what the slots of this section (NULL = all but theme) hold. */
void keys_clear(const char *section, void *base);
