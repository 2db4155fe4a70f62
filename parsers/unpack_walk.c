#include "parsers/unpack_walk.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/zip.h"

const char WALK_PASSWORD[] = "a password is needed", WALK_TOO_MUCH[] = "it unpacks to more than the limit",
           WALK_TOO_LONG[] = "unpacking it takes longer than the limit",
           WALK_TOO_MANY[] = "more members than the limit";

static guint64 spent;   /* bytes unpacked since unpack_reset() */
static gint64 spent_us; /* microseconds that this took */
static guint given;     /* members that are shown to somebody, or will be */
static guint walks;     /* archives that are being read, one in the other */

void unpack_reset(void)
{
    spent = 0;
    spent_us = 0;
    given = 0;
}

/* --- results ---------------------------------------------------------------------------------- */

void unpack_member_free(gpointer data)
{
    UnpackMember *member = data;
    if (!member) return;
    g_free(member->name);
    g_free(member->detail);
    g_clear_pointer(&member->content, g_bytes_unref);
    g_free(member);
}

void unpacked_free(Unpacked *unpacked)
{
    if (!unpacked) return;
    zip_free(unpacked->zip);
    g_ptr_array_unref(unpacked->members);
    g_free(unpacked->detail);
    g_free(unpacked);
}

UnpackMember *unpacked_find(const Unpacked *unpacked, const char *name)
{
    for (guint i = 0; i < unpacked->members->len; i++) {
        UnpackMember *member = unpacked->members->pdata[i];
        if (g_ascii_strcasecmp(member->name, name) == 0) return member;
    }
    return NULL;
}

UnpackMember *unpack_member_new(const char *name)
{
    UnpackMember *member = g_new0(UnpackMember, 1);
    member->name = g_strdup(name);
    member->detail = g_strdup("");
    return member;
}

UnpackMember *walk_add(Unpacked *unpacked, const char *name)
{
    UnpackMember *member = unpack_member_new(name);
    g_ptr_array_add(unpacked->members, member);
    return member;
}

static void set_fault(const char **problem, char **detail, const char *code, const char *why)
{
    if (*problem) return;
    *problem = code;
    g_free(*detail);
    *detail = g_utf8_make_valid(why ? why : "", -1);
}

void walk_list_fault(Unpacked *unpacked, const char *problem, const char *detail)
{
    set_fault(&unpacked->problem, &unpacked->detail, problem, detail);
    unpacked->list_bad = TRUE;
}

void unpack_member_fault(UnpackMember *member, const char *problem, const char *detail)
{
    set_fault(&member->problem, &member->detail, problem, detail);
}

/* --- caps ------------------------------------------------------------------------------------- */

void walk_begin(Walk *walk)
{
    guint share = walks++ > 0 ? 2 : 1;
    guint64 bytes = LIMIT_UNPACKED_BYTES - MIN(spent, LIMIT_UNPACKED_BYTES);
    walk->ceiling = spent + bytes / share;
    walk->room = (LIMIT_MEMBERS - MIN(given, LIMIT_MEMBERS)) / share;
    if (walk->each) given += MIN(walk->unpacked->members->len, walk->room);
}

void walk_end(void)
{
    walks--;
}

guint64 walk_allowance(const Walk *walk)
{
    guint64 ratio = MAX(1u << 20, LIMIT_UNPACK_RATIO * (guint64)g_bytes_get_size(walk->bytes));
    return MIN(walk->ceiling - MIN(spent, walk->ceiling), ratio - MIN(walk->kept, ratio));
}

gboolean unpack_give(void)
{
    if (given >= LIMIT_MEMBERS) return FALSE;
    given++;
    return TRUE;
}

gboolean unpack_spend(guint64 bytes)
{
    spent += bytes;
    return spent <= LIMIT_UNPACKED_BYTES;
}

void walk_spend(guint64 bytes, gint64 began_at)
{
    spent += bytes;
    spent_us += g_get_monotonic_time() - began_at;
}

gboolean walk_is_late(void)
{
    return spent_us > LIMIT_UNPACK_SECONDS * G_USEC_PER_SEC;
}

/* --- members ---------------------------------------------------------------------------------- */

gboolean walk_wants(const Walk *walk, UnpackMember *member)
{
    return walk->want && !member->folder && walk->want(member->name, walk->user) &&
           walk_may_read(walk, member);
}

gboolean walk_may_read(const Walk *walk, UnpackMember *member)
{
    if (member->encrypted)
        unpack_member_fault(member, "encrypted", WALK_PASSWORD);
    else if (member->link)
        unpack_member_fault(member, "unsupported", "a link to another file");
    else if (walk_is_late())
        unpack_member_fault(member, "archive-bomb", WALK_TOO_LONG);
    else if (walk->each && walk->shown >= walk->room)
        unpack_member_fault(member, "archive-bomb", WALK_TOO_MANY);
    else if (member->size > walk_allowance(walk)) /* a size over the cap is believed, one below is not */
        unpack_member_fault(member, "archive-bomb", WALK_TOO_MUCH);
    return member->problem == NULL;
}

void walk_take(Walk *walk, UnpackMember *member, GByteArray *content)
{
    walk->kept += content->len;
    if (content->len > 0 || !member->problem)
        member->content = g_byte_array_free_to_bytes(content);
    else
        g_byte_array_unref(content);
}

void walk_show(Walk *walk, guint end)
{
    Unpacked *unpacked = walk->unpacked;
    for (; walk->shown < MIN(end, unpacked->members->len); walk->shown++) {
        UnpackMember *member = unpacked->members->pdata[walk->shown];
        if (member->problem && strcmp(member->problem, "encrypted") != 0)
            set_fault(&unpacked->problem, &unpacked->detail, member->problem, member->detail);
        if (!walk->each || member->folder) continue;
        if (walk->shown < walk->room)
            walk->each(member, walk->user);
        else
            walk_list_fault(unpacked, "archive-bomb", WALK_TOO_MANY);
        g_clear_pointer(&member->content, g_bytes_unref);
    }
}
