#include "parsers/ooxml_objects.h"

#include <string.h>

#include "parsers/archive.h"
#include "parsers/ole2_objects.h"

#define OBJECTS_MAX 200

void ooxml_objects_find(GPtrArray *parts, const GPtrArray *relations)
{
    for (guint i = 0; i < relations->len && parts->len < OBJECTS_MAX; i++) {
        const OoxmlRelation *relation = relations->pdata[i];
        if (strcmp(relation->kind, "package") != 0 && strcmp(relation->kind, "oleObject") != 0) continue;
        if (!g_ptr_array_find_with_equal_func(parts, relation->part, g_str_equal, NULL))
            g_ptr_array_add(parts, g_strdup(relation->part));
    }
}

/* An OLE2 file may be an object with the file in it; or a document itself, whatever its part is called. */
static void add_object(FactsAttachment *attachment, Ooxml *ooxml, UnpackMember *member, guint *number)
{
    static const char OLE2[] = "\xD0\xCF\x11\xE0";
    gsize length = 0;
    GBytes *content = unpacked_content(ooxml->zip, member);
    const char *data = content ? g_bytes_get_data(content, &length) : NULL;
    if (length >= 4 && memcmp(data, OLE2, 4) == 0) {
        ole2_object(attachment, content, number);
        return;
    }
    const char *dot = strrchr(member->name, '.');
    if (g_strcmp0(dot, ".bin") == 0) return; /* what only the program knows that made it */
    g_autofree char *name = g_strdup_printf("嵌入对象%u%s", ++*number, dot ? dot : "");
    UnpackMember child = *member;
    child.name = name;
    archive_add_child(attachment, &child, NULL, NULL);
}

void ooxml_objects(FactsAttachment *attachment, Ooxml *ooxml, const GPtrArray *parts)
{
    guint number = 0;
    if (parts->len == 0 || !archive_enter(attachment)) return;
    for (guint i = 0; i < parts->len; i++) {
        UnpackMember *member = unpacked_find(ooxml->zip, parts->pdata[i]);
        if (member) add_object(attachment, ooxml, member, &number);
    }
    archive_leave();
}
