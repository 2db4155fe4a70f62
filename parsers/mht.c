#include "parsers/mht.h"

#include <string.h>

#include "parsers/archive.h"
#include "parsers/charset.h"
#include "parsers/entity.h"
#include "parsers/mime_name.h"
#include "parsers/names.h"
#include "parsers/params.h"
#include "parsers/textout.h"
#include "parsers/texts.h"
#include "parsers/webpage.h"
#include "parsers/words.h"

typedef struct Mht {
    GPtrArray *pages; /* of const Entity*, the one that the file is about first */
    char *start;      /* Content-ID of that one, "" if it is not said */
    guint pictures;
    gboolean macro;
    GPtrArray *files; /* of const Entity*: what is attached, mails too */
} Mht;

/* Where a part comes from: "file:///C:/F63A91A2/file1507.files/editdata.mso". The caller frees. */
static char *location_of(const Entity *entity)
{
    g_autofree char *location = words_unfold(entity_field(entity, "Content-Location"));
    return g_ascii_strdown(location, -1);
}

static gboolean is_start(const Mht *mht, const Entity *entity)
{
    g_autofree char *id = words_unfold(entity_field(entity, "Content-ID"));
    return *mht->start && strcmp(id, mht->start) == 0;
}

/* The pages, of that type or of HTML under its other name, and what goes with them. */
static void collect(Mht *mht, const Entity *entity, const char *type)
{
    if (entity->kind == ENTITY_MESSAGE) g_ptr_array_add(mht->files, (gpointer)entity);
    for (guint i = 0; entity->kind == ENTITY_MULTIPART && i < entity->children->len; i++)
        collect(mht, g_ptr_array_index(entity->children, i), type);
    if (entity->kind != ENTITY_LEAF) return;
    g_autofree char *location = location_of(entity);
    g_autofree char *disposition = params_value(entity_field(entity, "Content-Disposition"));
    if (strcmp(disposition, "attachment") == 0 &&
        !(mht->pages->len == 0 && strcmp(entity->type, type) == 0)) {
        g_ptr_array_add(mht->files, (gpointer)entity);
        return;
    }
    if (strcmp(entity->type, type) == 0 || strcmp(entity->type, "application/xhtml+xml") == 0)
        g_ptr_array_insert(mht->pages, is_start(mht, entity) ? 0 : -1, (gpointer)entity);
    mht->pictures += g_str_has_prefix(entity->type, "image/");
    mht->macro |= g_str_has_suffix(location, "editdata.mso"); /* where Word keeps the programs */
}

static GBytes *decoded(const Entity *entity)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(entity->body, &length);
    return transfer_decode(entity->transfer, data ? data : "", length);
}

static void add_files(FactsAttachment *attachment, const GPtrArray *files)
{
    if (files->len == 0 || !archive_enter(attachment)) return;
    for (guint i = 0; i < files->len; i++) {
        const Entity *entity = g_ptr_array_index(files, i);
        g_autofree char *name = mime_part_name(entity, params_get);
        g_autofree char *path = name ? names_path(name, strlen(name), "UTF-8", NULL) : g_strdup("");
        UnpackMember *member = unpack_member_new(path);
        member->content = decoded(entity);
        archive_add_child(attachment, member, NULL, NULL);
        unpack_member_free(member);
    }
    archive_leave();
}

static void put_page(TextOut *out, const Entity *page)
{
    gsize length = 0;
    g_autoptr (GBytes) bytes = decoded(page);
    g_autofree char *charset = params_get(entity_field(page, "Content-Type"), "charset");
    if (strcmp(page->type, "text/plain") != 0) {
        webpage_put(out, bytes, charset);
        return;
    }
    const char *raw = g_bytes_get_data(bytes, &length);
    g_autofree char *text = charset_to_utf8(raw ? raw : "", length, charset, NULL);
    textout_text(out, text, strlen(text));
}

void mht_read(FactsAttachment *attachment, GBytes *bytes)
{
    guint parts = 0;
    g_auto(EntityTree) tree = entity_parse(bytes, 0, &parts);
    g_autoptr (GPtrArray) pages = g_ptr_array_new(), files = g_ptr_array_new();
    g_autoptr (TextOut) out = textout_new();
    g_autofree char *start = tree.top ? params_get(entity_field(tree.top, "Content-Type"), "start") : NULL;
    Mht mht = {.pages = pages, .files = files, .start = start ? start : ""};
    g_free(attachment->type);
    attachment->type = g_strdup("multipart/related");
    if (tree.top) collect(&mht, tree.top, "text/html");
    if (tree.top && pages->len == 0) { /* saved as text */
        g_ptr_array_set_size(files, 0);
        collect(&mht, tree.top, "text/plain");
    }
    for (guint i = 0; i < pages->len && !textout_is_full(out); i++)
        put_page(out, g_ptr_array_index(pages, i));
    textout_finish(out, attachment);
    if (mht.macro) facts_add_problem(attachment->problems, "macro", "the file carries a program");
    add_files(attachment, files);
    if (tree.too_many || tree.too_deep || tree.monstrous)
        facts_add_problem(attachment->problems, "truncated", "there are too many parts; not all were read");
    else if (parts < 2 && pages->len == 0)
        facts_add_problem(attachment->problems, "damaged", "the parts of the page are missing");
    else if (texts_is_blank(attachment->text) && files->len == 0)
        facts_add_problem(attachment->problems, mht.pictures > 0 ? "scanned-only" : "empty-document",
                          mht.pictures > 0 ? "pictures, and no text" : "no text");
}
