#include "parsers/ooxml.h"

#include <string.h>

#include "parsers/xml.h"

#define TYPES "[Content_Types].xml"
#define RELS  "_rels/.rels"

/* Where the main part usually is, for packages that lost their tables. */
static const struct {
    const char *part, *type;
} usual[] = {
    {"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"},
    {"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"},
    {"xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"},
    {"ppt/presentation.xml",
     "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"},
};

gboolean ooxml_want(const char *name, gpointer user)
{
    static const char *const folders[] = {"_rels/", "word/", "xl/"};
    if (g_ascii_strcasecmp(name, TYPES) == 0) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
        if (g_str_has_prefix(name, folders[i]) && !strstr(name, "/media/")) return TRUE;
    return FALSE;
}

/* --- content types ---------------------------------------------------------------------------- */

typedef struct TypeSearch {
    const char *part; /* whose type is asked; "" = the first that calls itself main */
    char *found_part;
    char *override;
    char *by_extension;
} TypeSearch;

enum { TYPE_OVERRIDE = 1, TYPE_DEFAULT, RELATIONSHIP };

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {
        {"Override", TYPE_OVERRIDE}, {"Default", TYPE_DEFAULT}, {"Relationship", RELATIONSHIP}, {NULL, 0}};
    return xml_code_in(names, name);
}

static void no_end(gpointer user, int code)
{
}

static void type_start(gpointer user, int code, const XmlAttributes *attributes)
{
    TypeSearch *search = user;
    g_autofree char *type = xml_attribute(attributes, "ContentType");
    if (!type) return;
    if (code == TYPE_OVERRIDE && !search->override) {
        g_autofree char *part = xml_attribute(attributes, "PartName");
        const char *path = part ? part + strspn(part, "/") : "";
        gboolean hit =
            *search->part ? g_ascii_strcasecmp(path, search->part) == 0 : strstr(type, ".main") != NULL;
        if (!hit) return;
        search->found_part = g_strdup(path);
        search->override = g_steal_pointer(&type);
    } else if (code == TYPE_DEFAULT && !search->by_extension) {
        g_autofree char *extension = xml_attribute(attributes, "Extension");
        const char *dot = strrchr(search->part, '.');
        if (extension && dot && g_ascii_strcasecmp(extension, dot + 1) == 0)
            search->by_extension = g_steal_pointer(&type);
    }
}

static void read_part(Ooxml *ooxml, const char *name, const XmlEvents *events, gpointer user)
{
    GBytes *bytes = ooxml_part(ooxml, name);
    gsize length;
    const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    if (data) xml_read(data, length, events, user);
}

/* --- relationships ---------------------------------------------------------------------------- */

typedef struct RelationSearch {
    const char *folder; /* of the source part, with trailing "/" or "" */
    GPtrArray *found;   /* of OoxmlRelation* */
} RelationSearch;

static void relation_free(gpointer data)
{
    OoxmlRelation *relation = data;
    g_free(relation->id);
    g_free(relation->kind);
    g_free(relation->part);
    g_free(relation);
}

/* OPC part names are paths: absolute, or relative to the folder of the source; "." and ".." mean what they
 * say. */
static char *resolve(const char *folder, const char *target)
{
    if (*target != '/' && !strpbrk(target, "%\\") && !strstr(target, "./") && !strstr(target, "//") &&
        g_str_is_ascii(target))
        return g_strconcat(folder, target, NULL);
    g_autofree char *plain = g_uri_unescape_string(target, NULL);
    if (!plain) plain = g_strdup(target);
    g_strdelimit(plain, "\\", '/');
    g_autofree char *path = *plain == '/' ? g_strdup(plain) : g_strconcat("/", folder, plain, NULL);
    g_autofree char *canonical = g_canonicalize_filename(path, "/");
    return g_utf8_make_valid(canonical + strspn(canonical, "/"), -1);
}

static void relation_start(gpointer user, int code, const XmlAttributes *attributes)
{
    RelationSearch *search = user;
    if (code != RELATIONSHIP) return;
    g_autofree char *type = xml_attribute(attributes, "Type");
    g_autofree char *target = xml_attribute(attributes, "Target");
    g_autofree char *mode = xml_attribute(attributes, "TargetMode");
    const char *slash = type ? strrchr(type, '/') : NULL;
    if (!slash || !target || (mode && g_ascii_strcasecmp(mode, "External") == 0)) return;
    OoxmlRelation *relation = g_new0(OoxmlRelation, 1);
    relation->id = xml_attribute(attributes, "Id");
    relation->kind = g_strdup(slash + 1);
    relation->part = resolve(search->folder, target);
    g_ptr_array_add(search->found, relation);
}

GPtrArray *ooxml_relations(Ooxml *ooxml, const char *part)
{
    static const XmlEvents events = {code_of, relation_start, no_end, NULL, NULL};
    const char *slash = strrchr(part, '/');
    g_autofree char *folder = slash ? g_strndup(part, (gsize)(slash - part) + 1) : g_strdup("");
    g_autofree char *rels = g_strconcat(folder, "_rels/", slash ? slash + 1 : part, ".rels", NULL);
    RelationSearch search = {folder, g_ptr_array_new_with_free_func(relation_free)};
    read_part(ooxml, rels, &events, &search);
    return search.found;
}

/* Names (char*) of the parts to which `part` has a relationship whose type ends in "/kind", in order, each
 * once. */
static GPtrArray *related(Ooxml *ooxml, const char *part, const char *kind)
{
    g_autoptr (GPtrArray) relations = ooxml_relations(ooxml, part);
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < relations->len; i++) {
        const OoxmlRelation *relation = relations->pdata[i];
        if (strcmp(relation->kind, kind) == 0 &&
            !g_ptr_array_find_with_equal_func(found, relation->part, g_str_equal, NULL))
            g_ptr_array_add(found, g_strdup(relation->part));
    }
    return found;
}

/* --- the package ------------------------------------------------------------------------------ */

GBytes *ooxml_part(Ooxml *ooxml, const char *name)
{
    UnpackMember *member = unpacked_find(ooxml->zip, name);
    if (!member) return NULL;
    GBytes *content = unpacked_content(ooxml->zip, member);
    if (member->problem && !ooxml->bad) ooxml->bad = member;
    return content;
}

/* Finds the main part and its content type, each of which may be missing from the package's tables. */
static char *find_main(Ooxml *ooxml)
{
    g_autoptr (GPtrArray) targets = related(ooxml, "", "officeDocument");
    TypeSearch search = {.part = targets->len ? targets->pdata[0] : ""};
    static const XmlEvents events = {code_of, type_start, no_end, NULL, NULL};
    read_part(ooxml, TYPES, &events, &search);
    g_free(ooxml->main_part);
    ooxml->main_part = g_strdup(targets->len        ? targets->pdata[0]
                                : search.found_part ? search.found_part
                                                    : "");
    char *type = g_strdup(search.override ? search.override : search.by_extension ? search.by_extension : "");
    g_free(search.found_part);
    g_free(search.override);
    g_free(search.by_extension);
    for (gsize i = 0; i < G_N_ELEMENTS(usual) && !strstr(type, ".main"); i++) {
        gboolean same = g_ascii_strcasecmp(ooxml->main_part, usual[i].part) == 0;
        if (!same && (*ooxml->main_part || !unpacked_find(ooxml->zip, usual[i].part))) continue;
        g_free(ooxml->main_part);
        g_free(type);
        ooxml->main_part = g_strdup(usual[i].part);
        type = g_strdup(usual[i].type);
    }
    return type;
}

/* The type of the whole from that of its main part: less ".main+xml"; Microsoft's own registrations end in
 * ".12". */
static char *whole_type(const char *main_type)
{
    const char *cut = strstr(main_type, ".main");
    if (!cut) return g_strdup("application/vnd.openxmlformats-package");
    g_autofree char *stem = g_strndup(main_type, (gsize)(cut - main_type));
    return g_strconcat(
        stem, g_str_has_suffix(stem, "macroEnabled") || strstr(stem, ".macroEnabled") ? ".12" : "", NULL);
}

/* What stands in a content type. */
static OoxmlKind kind_of(const char *main_type)
{
    static const struct {
        const char *mark;
        OoxmlKind kind;
    } kinds[] = {
        {"wordprocessingml", OOXML_WORD},
        {"ms-word", OOXML_WORD},
        {"excel.sheet.binary", OOXML_WORKBOOK_BINARY},
        {"spreadsheetml", OOXML_WORKBOOK},
        {"ms-excel", OOXML_WORKBOOK},
        {"presentationml", OOXML_SLIDES},
        {"ms-powerpoint", OOXML_SLIDES},
        {"visio", OOXML_DRAWING},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strstr(main_type, kinds[i].mark)) return kinds[i].kind;
    return OOXML_OTHER;
}

Ooxml *ooxml_open(Unpacked *zip)
{
    gboolean usual_name = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(usual); i++) usual_name |= unpacked_find(zip, usual[i].part) != NULL;
    if (!unpacked_find(zip, TYPES) && !usual_name) return NULL;
    Ooxml *ooxml = g_new0(Ooxml, 1);
    ooxml->zip = zip;
    ooxml->main_part = g_strdup("");
    g_autofree char *main_type = find_main(ooxml);
    ooxml->type = whole_type(main_type);
    ooxml->kind = kind_of(main_type);
    for (guint i = 0; i < zip->members->len; i++) {
        const UnpackMember *member = zip->members->pdata[i];
        gsize n = strlen(member->name), m = strlen("vbaProject.bin");
        ooxml->macro |= n >= m && g_ascii_strcasecmp(member->name + n - m, "vbaProject.bin") == 0;
    }
    return ooxml;
}

void ooxml_free(Ooxml *ooxml)
{
    if (!ooxml) return;
    g_free(ooxml->main_part);
    g_free(ooxml->type);
    g_free(ooxml);
}

const char *ooxml_problem(const Ooxml *ooxml, const char **detail)
{
    gboolean list = ooxml->zip->problem != NULL;
    *detail = list ? ooxml->zip->detail : ooxml->bad ? ooxml->bad->detail : "";
    return list ? ooxml->zip->problem : ooxml->bad ? ooxml->bad->problem : NULL;
}
