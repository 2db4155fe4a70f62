#include "parsers/archive.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/mime.h"
#include "parsers/names.h"
#include "parsers/unpack.h"

static guint open_archives; /* archives that are being read, one in the other */

static const char BOMB[] = "archive-bomb", SPLIT[] = "split-volume";

/* --- names ------------------------------------------------------------------------------------ */

/* Where the pattern begins that the name has before `end`; NULL if it has not. # is a digit, of whatever
 * script. */
static const char *step_back(const char *name, const char *end, const char *pattern)
{
    for (gsize i = strlen(pattern); i-- > 0;) {
        const char *p = g_utf8_find_prev_char(name, end);
        gunichar c = p ? g_utf8_get_char(p) : 0;
        if (pattern[i] == '#' ? !g_unichar_isdigit(c) : c >= 0x80 || g_ascii_tolower((char)c) != pattern[i])
            return NULL;
        end = p;
    }
    return end;
}

gboolean archive_is_volume_name(const char *name)
{
    static const char *const ENDS[] = {".z##",     ".r##",     ".7z.###", ".zip.###",
                                       ".rar.###", ".tar.###", ".gz.###", ".tgz.###"};
    const char *end = name + strlen(name), *digits = step_back(name, end, "#.rar");
    for (gsize i = 0; i < G_N_ELEMENTS(ENDS); i++)
        if (step_back(name, end, ENDS[i])) return TRUE;
    for (const char *more = digits; more; more = step_back(name, more, "#")) digits = more;
    return digits && step_back(name, digits, ".part");
}

/* What a gzip file holds that does not say its name: report.txt.gz, photos.tgz. */
static char *name_inside(const char *name)
{
    static const struct {
        const char *suffix, *instead;
    } suffixes[] = {{".gz", ""}, {".tgz", ".tar"}, {".taz", ".tar"}};
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        gsize length = strlen(name), n = strlen(suffixes[i].suffix);
        if (length <= n || g_ascii_strcasecmp(name + length - n, suffixes[i].suffix) != 0) continue;
        g_autofree char *stem = g_strndup(name, length - n);
        return g_strconcat(stem, suffixes[i].instead, NULL);
    }
    return g_strdup(name);
}

/* --- children --------------------------------------------------------------------------------- */

static gboolean is_file(const char *name, gpointer user)
{
    return !names_is_furniture(name);
}

static void add_child(FactsAttachment *archive, const UnpackMember *member, DocumentKeep keep, gpointer data)
{
    if (names_is_furniture(member->name)) return;
    FactsAttachment *child = facts_attachment_new();
    g_ptr_array_add(archive->children, child);
    g_free(child->name);
    child->name = g_strdup(*member->name ? member->name : "unnamed");
    g_autoptr (GBytes) nothing = g_bytes_new_static("", 0);
    GBytes *bytes = member->content ? member->content : nothing;
    child->size = g_bytes_get_size(bytes);
    g_free(child->sha256);
    child->sha256 = facts_sha256_bytes(bytes);
    if (member->problem) {
        g_autofree char *detail =
            member->size > 0 && !member->content
                ? g_strdup_printf("%s; %" G_GUINT64_FORMAT " bytes by the list", member->detail, member->size)
                : g_strdup(member->detail);
        facts_add_problem(child->problems, member->problem, detail);
    }
    if (member->content) {
        document_read_keeping(child, bytes, keep, data);
        if (strcmp(child->type, "message/rfc822") == 0) {
            g_ptr_array_set_size(child->problems, 0); /* that documents of this type are not read */
            mime_read_attachment(child, bytes);
        }
        if (keep && strcmp(child->type, "application/ms-tnef") != 0) keep(child, bytes, data);
    } else {
        g_free(child->type);
        child->type = g_strdup("application/octet-stream");
    }
}

static void on_member(const UnpackMember *member, gpointer archive)
{
    add_child(archive, member, NULL, NULL);
}

/* --- problems --------------------------------------------------------------------------------- */

static const FactsProblem *first_problem(const FactsAttachment *child)
{
    return child->problems->len > 0 ? child->problems->pdata[0] : NULL;
}

/* The problem for which no child could be unpacked; NULL if one could, or they differ. */
static const FactsProblem *common_problem(const FactsAttachment *archive)
{
    const FactsProblem *common = NULL;
    for (guint i = 0; i < archive->children->len; i++) {
        const FactsAttachment *child = archive->children->pdata[i];
        const FactsProblem *problem = first_problem(child);
        if (child->size > 0 || !problem || (common && strcmp(problem->code, common->code) != 0)) return NULL;
        if (!common) common = problem;
    }
    return common;
}

static gboolean has_problem(const FactsAttachment *attachment, const char *code)
{
    for (guint i = 0; i < attachment->problems->len; i++)
        if (strcmp(((FactsProblem *)attachment->problems->pdata[i])->code, code) == 0) return TRUE;
    return FALSE;
}

static void add_problem(FactsAttachment *attachment, const char *code, const char *detail)
{
    if (!has_problem(attachment, code)) facts_add_problem(attachment->problems, code, detail);
}

gboolean archive_add_child(FactsAttachment *archive, const UnpackMember *member, DocumentKeep keep,
                           gpointer data)
{
    if (!unpack_give()) {
        add_problem(archive, "truncated", "there are more files in files than the limit; not all were read");
        return FALSE;
    }
    add_child(archive, member, keep, data);
    return TRUE;
}

/* What the archive is said to suffer from needs not be said of each child. */
static void drop_from_children(FactsAttachment *archive, const char *code)
{
    for (guint i = 0; i < archive->children->len; i++) {
        const FactsAttachment *child = archive->children->pdata[i];
        const FactsProblem *problem = first_problem(child);
        if (problem && strcmp(problem->code, code) == 0) g_ptr_array_remove_index(child->problems, 0);
    }
}

/* What all children suffer from is the archive's. */
static void lift_common_problem(FactsAttachment *archive)
{
    const FactsProblem *common = common_problem(archive);
    if (!common) return;
    g_autofree char *detail =
        archive->children->len == 1
            ? g_strdup(common->detail)
            : g_strdup_printf("all %u members: %s", archive->children->len, common->detail);
    g_autofree char *code = g_strdup(common->code);
    add_problem(archive, code, detail);
    drop_from_children(archive, code);
}

static void lift_bombs(FactsAttachment *archive)
{
    for (guint i = 0; i < archive->children->len; i++) {
        const FactsAttachment *child = archive->children->pdata[i];
        if (!has_problem(child, BOMB)) continue;
        g_autofree char *detail = g_strdup_printf("by its member %s", child->name);
        add_problem(archive, BOMB, detail);
        return;
    }
}

static void report(FactsAttachment *archive, const Unpacked *unpacked)
{
    gboolean split = unpacked->split || (unpacked->list_bad && archive_is_volume_name(archive->name));
    if (split) {
        add_problem(archive, SPLIT, "one part of an archive that was split into several");
        drop_from_children(archive, SPLIT);
        drop_from_children(archive, "damaged"); /* which is the other part's absence */
    } else if (unpacked->list_bad) {
        add_problem(archive, unpacked->problem, unpacked->detail);
    }
    if (unpacked->encrypted && archive->children->len == 0)
        add_problem(archive, "encrypted", "a password is needed even to see what is in it");
    lift_common_problem(archive);
    lift_bombs(archive);
    if (archive->children->len == 0 && archive->problems->len == 0)
        add_problem(archive, "empty-document", "there is no file in the archive");
}

/* --- reading ---------------------------------------------------------------------------------- */

gboolean archive_enter(FactsAttachment *archive)
{
    if (open_archives >= LIMIT_ARCHIVE_DEPTH) {
        add_problem(archive, BOMB, "nested deeper than the limit: it was not unpacked");
        return FALSE;
    }
    open_archives++;
    return TRUE;
}

void archive_leave(void)
{
    open_archives--;
}

void archive_read(FactsAttachment *attachment, GBytes *bytes)
{
    if (!archive_enter(attachment)) return;
    g_autoptr (Unpacked) unpacked = unpack_each(bytes, is_file, on_member, attachment);
    archive_leave();
    report(attachment, unpacked);
}

void archive_read_gzip(FactsAttachment *attachment, GBytes *bytes)
{
    if (!archive_enter(attachment)) return;
    UnpackMember *member = unpack_gzip(bytes);
    if (!*member->name) {
        g_free(member->name);
        member->name = name_inside(attachment->name);
    }
    const gboolean added = archive_add_child(attachment, member, NULL, NULL);
    unpack_member_free(member);
    archive_leave();
    if (!added) return;
    if (archive_is_volume_name(attachment->name) && first_problem(attachment->children->pdata[0]))
        add_problem(attachment, SPLIT, "one part of a file that was split into several");
    else
        lift_common_problem(attachment);
    lift_bombs(attachment);
}
