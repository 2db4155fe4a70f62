/* files.c - which attachments a person sent on purpose, and whether any carries a secrecy marking.
 *
 * A mail's attachments hold more than its sender knows: the logo of the signature, calling cards, the
 * certificate of S/MIME, what Exchange calls ATT00001, the resource fork beside a file of a Macintosh. Those
 * are no files of a submission. A forwarded mail (message/rfc822), winmail.dat and smime.p7m are wrappings:
 * the files inside are meant; one that could not be opened is a file itself.
 *
 * A shortcut (someone dragged the icon on the desktop into the mail), a program and the ~$ or .~ file that
 * Word or WPS keeps while a document is open are files, but no documents: they hold nothing that was to be
 * handed in. Beside others what the system leaves in folders (~$…, desktop.ini, Thumbs.db) is not even a
 * file.
 *
 * An archive is the file: it is kept, counted and sent back as a whole, and what is wrong with its members is
 * told of it (problems.c). But what it holds is read like any other document: our own letters ask for
 * material “也可打包为 .zip、.rar”. So there are files, and papers: the files and the members of those that
 * are archives.
 */
#include <string.h>

#include "daemon/desk/ask.h"

enum {
    LOGO_BYTES = 32 * 1024, /* pictures below this are logos: a photograph or scan is larger */
    WRAP_DEPTH = 30,
    BLANK_FIELDS = 4,         /* a form has no fewer */
    BLANK_CHARS = 250,        /* of headings, hints and 年 月 日 in a blank one */
    BLANK_BYTES = 128 * 1024, /* a larger one may hold the form that was filled in by hand, as a picture */
    PAPERS_MOST = 500         /* of a mail: what is beyond is not looked into */
};

static gboolean type_begins(const FactsAttachment *file, const char *kind)
{
    const char *type =
        *file->type && strcmp(file->type, "application/octet-stream") != 0 ? file->type : file->declared_type;
    return g_ascii_strncasecmp(type, kind, strlen(kind)) == 0;
}

static gboolean is_image(const FactsAttachment *file)
{
    return type_begins(file, "image/");
}

static gboolean is_picture(const FactsAttachment *file)
{
    return is_image(file) || type_begins(file, "audio/") || type_begins(file, "video/");
}

gboolean files_is_picture(const FactsAttachment *file)
{
    return is_picture(file);
}

/* What Windows, macOS and Word leave in a folder. */
static gboolean is_leftover(const FactsAttachment *file)
{
    const char *name = facts_base_name(file);
    return g_str_has_prefix(name, "~$") || g_str_has_prefix(name, ".~") ||
           g_ascii_strcasecmp(name, "desktop.ini") == 0 || g_ascii_strcasecmp(name, "thumbs.db") == 0 ||
           g_ascii_strcasecmp(name, ".ds_store") == 0;
}

gboolean files_is_no_document(const FactsAttachment *file)
{
    static const char *const endings[] = {"lnk", "url", "website", "exe", "com", "scr", "pif", "bat",
                                          "cmd", "js",  "jse",     "vbs", "vbe", "wsf", "hta", "msi",
                                          "ps1", "jar", "dll",     "cpl", "ini", NULL};
    const char *name = facts_base_name(file), *dot = strrchr(name, '.');
    g_autofree char *ending = g_ascii_strdown(dot ? dot + 1 : "", -1);
    return g_strv_contains(endings, g_strstrip(ending)) || is_leftover(file) ||
           strcmp(file->type, "application/vnd.microsoft.portable-executable") == 0;
}

gboolean files_is_document(const FactsAttachment *file)
{
    return !is_picture(file) && !files_is_no_document(file);
}

static gboolean type_is(const FactsAttachment *file, const char *type)
{
    return g_ascii_strcasecmp(file->type, type) == 0 || g_ascii_strcasecmp(file->declared_type, type) == 0;
}

static gboolean is_furniture(const FactsAttachment *file)
{
    static const char *const types[] = {"text/calendar",
                                        "text/vcard",
                                        "text/x-vcard",
                                        "text/rfc822-headers",
                                        "message/delivery-status",
                                        "message/disposition-notification",
                                        "application/pgp-signature",
                                        "application/pgp-keys",
                                        "application/pkcs7-signature",
                                        "application/x-pkcs7-signature"};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (type_is(file, types[i])) return TRUE;
    if (strcmp(file->type, "application/applefile") == 0) return TRUE; /* whatever it is declared */
    if (strcmp(file->declared_type, "application/pgp-encrypted") == 0 &&
        strcmp(file->type, "text/plain") == 0)
        return TRUE; /* "Version: 1", before what is encrypted */
    if (is_image(file)) return file->size < LOGO_BYTES;
    gboolean text = g_ascii_strncasecmp(file->type, "text/", 5) == 0 || file->size == 0;
    return text && g_ascii_strncasecmp(facts_base_name(file), "ATT0", 4) == 0;
}

static gboolean is_wrapping(const FactsAttachment *file)
{
    static const char *const types[] = {"message/rfc822", "application/ms-tnef", "application/vnd.ms-tnef",
                                        "application/pkcs7-mime", "application/x-pkcs7-mime"};
    if (strcmp(file->type, "multipart/related") == 0) return FALSE; /* .mht: Windows declares it a mail */
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (type_is(file, types[i])) return TRUE;
    return FALSE;
}

gboolean files_is_archive(const FactsAttachment *file)
{
    static const char *const types[] = {"application/zip", "application/vnd.rar",
                                        "application/x-7z-compressed", "application/x-tar",
                                        "application/gzip"};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_ascii_strcasecmp(file->type, types[i]) == 0) return TRUE;
    return FALSE;
}

/* What has text and no files inside is a letter, and no document. */
static gboolean was_opened(const FactsAttachment *file)
{
    return file->children->len > 0 || (*file->text && file->problems->len == 0);
}

static void collect(Ask *ask, const GPtrArray *attachments, guint depth)
{
    for (guint i = 0; i < attachments->len && depth < WRAP_DEPTH; i++) {
        const FactsAttachment *file = attachments->pdata[i];
        if (is_wrapping(file) && was_opened(file)) {
            collect(ask, file->children, depth + 1);
        } else if (!is_furniture(file)) {
            g_ptr_array_add(ask->files, (gpointer)file);
            ask->documents += files_is_document(file);
            ask->filled += files_is_document(file) && !files_is_blank(file);
        }
    }
}

/* If there is anything else; alone they are what somebody meant to send. */
static void drop_leftovers(GPtrArray *files)
{
    guint meant = 0;
    for (guint i = 0; i < files->len; i++) meant += !is_leftover(files->pdata[i]);
    for (guint i = files->len; i > 0 && meant > 0; i--)
        if (is_leftover(files->pdata[i - 1])) g_ptr_array_remove_index(files, i - 1);
}

static void add_papers(Ask *ask, const FactsAttachment *file, guint home, guint depth)
{
    if (ask->papers->len >= PAPERS_MOST || depth >= WRAP_DEPTH) return;
    g_ptr_array_add(ask->papers, (gpointer)file);
    g_array_append_val(ask->homes, home);
    for (guint i = 0; (files_is_archive(file) || is_wrapping(file)) && i < file->children->len; i++)
        if (!is_furniture(file->children->pdata[i]) && !is_leftover(file->children->pdata[i]))
            add_papers(ask, file->children->pdata[i], home, depth + 1);
}

const char *files_value(const FactsAttachment *file, const char *const *labels)
{
    for (; *labels; labels++) {
        const char *value = facts_field(file, *labels);
        if (value && *value) return value;
    }
    return NULL;
}

gboolean files_is_blank(const FactsAttachment *file)
{
    gboolean named = FALSE;
    glong labels = 0;
    if (file->fields->len < BLANK_FIELDS || file->children->len > 0 || file->size > BLANK_BYTES) return FALSE;
    for (guint i = 0; i < file->fields->len; i++) {
        const FactsField *field = file->fields->pdata[i];
        gboolean marks;
        g_autoptr (GPtrArray) ticked = *field->value ? ticks_options(field->value, &marks) : NULL;
        if (ticked && (!marks || ticked->len > 0)) return FALSE;
        named |= g_str_has_suffix(field->label, "名称");
        labels += g_utf8_strlen(field->label, -1) + g_utf8_strlen(field->value, -1);
    }
    g_autofree char *bare =
        text_bare(file->text); /* what is filled in where nobody looks is text all the same */
    return named && g_utf8_strlen(bare, -1) - labels <= BLANK_CHARS;
}

static void look_free(gpointer data)
{
    AskFile *look = data;
    for (gsize i = 0; i < TITLE_PLACES; i++) g_free(look->titles[i]);
    g_free(look->head);
    g_free(look->head_key);
    g_free(look->name_key);
    g_free(look);
}

static AskFile *look_at(const FactsAttachment *file)
{
    AskFile *look = g_new0(AskFile, 1);
    look->file = file;
    look->head = text_head(file->text, DESK_HEAD_LINES, DESK_HEAD_CHARS);
    look->head_key = text_key(look->head);
    look->name_key = text_key(facts_base_name(file));
    return look;
}

AskFile *files_look(const Ask *ask, const FactsAttachment *file)
{
    for (guint i = 0; i < ask->looks->len; i++) {
        AskFile *look = ask->looks->pdata[i];
        if (look->file == file) return look;
    }
    AskFile *look = look_at(file);
    g_ptr_array_add(ask->looks, look);
    return look;
}

/* 机密★, 绝密★启用前, 秘密 5年, 机密★长期: the grade with its star or its term (GB/T 9704). The bare word
 * occurs in ordinary prose (保守国家秘密) and is no marking. */
static gboolean is_marked(const char *key)
{
    static Pattern pattern = {
        .text = "(绝密|机密|秘密)(级)?([★☆⭐]|[0-9一二三四五六七八九十]{1,3}(年|个月)|长期)"};
    return strstr(key, "密") && pattern_matches(&pattern, key);
}

static gboolean is_classified(const FactsAttachment *file, const AskFile *look)
{
    for (guint i = 0; i < file->problems->len; i++)
        if (strcmp(((FactsProblem *)file->problems->pdata[i])->code, "classified-marking") == 0) return TRUE;
    return is_marked(look->name_key) || is_marked(look->head_key);
}

void files_ask(Ask *ask)
{
    ask->files = g_ptr_array_new();
    ask->papers = g_ptr_array_new();
    ask->homes = g_array_new(FALSE, FALSE, sizeof(guint));
    ask->looks = g_ptr_array_new_with_free_func(look_free);
    collect(ask, ask->facts->attachments, 0);
    drop_leftovers(ask->files);
    for (guint i = 0; i < ask->files->len; i++) add_papers(ask, ask->files->pdata[i], i, 0);
    for (guint i = 0; i < ask->papers->len; i++) g_ptr_array_add(ask->looks, look_at(ask->papers->pdata[i]));
    for (guint i = 0; i < ask->facts->links->len; i++)
        ask->cloud |= strcmp(((FactsLink *)ask->facts->links->pdata[i])->kind, "link") != 0;
    for (guint i = 0; i < ask->facts->problems->len; i++) {
        const char *code = ((FactsProblem *)ask->facts->problems->pdata[i])->code;
        ask->cloud |= strcmp(code, "cloud-link") == 0;
        ask->classified |= strcmp(code, "classified-marking") == 0;
    }
    g_autofree char *head = text_head(ask->facts->body, DESK_HEAD_LINES, DESK_HEAD_CHARS);
    g_autofree char *head_key = text_key(head);
    ask->classified |= is_marked(ask->subject) || is_marked(head_key);
    for (guint i = 0; i < ask->papers->len; i++)
        ask->classified |= is_classified(ask->papers->pdata[i], ask->looks->pdata[i]);
}

char *files_stem(const FactsAttachment *file)
{
    static Pattern pattern = {.text = "\\.[a-z0-9]{2,5}$|[(【\\[][^)】\\]]*[)】\\]]"};
    g_autofree char *name = text_key(facts_base_name(file));
    return pattern_replace(&pattern, name, "");
}
