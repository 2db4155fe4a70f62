#include "parsers/misnamed.h"

#include <string.h>

/* Only where the wrong name keeps people from opening a file, or surprises them when they do. Of pictures and
 * plain texts nobody minds. */
static const struct {
    const char *suffixes, *types; /* a space behind each */
} families[] = {
    {".docx .docm .dotx .dotm ",
     "application/vnd.openxmlformats-officedocument.wordprocessingml application/vnd.ms-word "},
    {".doc .wps .wpt ",
     "application/msword application/wps-office.wps application/vnd.ms-works multipart/related "},
    {".xlsx .xlsm .xltx .xltm .xlsb ",
     "application/vnd.openxmlformats-officedocument.spreadsheetml application/vnd.ms-excel. "},
    {".xls .xlt .et .ett ", "application/vnd.ms-excel application/wps-office.et "},
    {".pptx .pptm .ppsx .potx ",
     "application/vnd.openxmlformats-officedocument.presentationml application/vnd.ms-powerpoint. "},
    {".ppt .pps .pot .dps ", "application/vnd.ms-powerpoint application/wps-office.dps "},
    {".pdf ", "application/pdf "},
    {".ofd ", "application/ofd "},
    {".rtf ", "application/rtf "},
    {".zip ", "application/zip "},
    {".rar ", "application/vnd.rar "},
    {".7z ", "application/x-7z-compressed "},
};

/* What says nothing about what a file is, or has the name of the file that it belongs to. */
static const char vague[] = "application/octet-stream application/x-empty application/x-ole-storage "
                            "application/applefile application/pgp-encrypted ";

static gboolean is_listed(const char *list, const char *word)
{
    gsize length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += length)
        if ((at == list || at[-1] == ' ') && at[length] == ' ') return TRUE;
    return FALSE;
}

/* Whether the type is one of the list, or a kind of it: the list has what types begin with. */
static gboolean begins_listed(const char *list, const char *type)
{
    for (const char *at = list, *end; (end = strchr(at, ' ')); at = end + 1)
        if (strncmp(type, at, (gsize)(end - at)) == 0) return TRUE;
    return FALSE;
}

/* The types that the name's suffix promises; NULL if it promises none. */
static const char *promised(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (!dot) return NULL;
    g_autofree char *suffix = g_ascii_strdown(dot, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        if (is_listed(families[i].suffixes, suffix)) return families[i].types;
    return NULL;
}

gboolean misnamed(const char *name, const char *type)
{
    const char *types = *type && !is_listed(vague, type) ? promised(name) : NULL;
    return types && !begins_listed(types, type);
}

gboolean misnamed_promises(const char *name)
{
    return promised(name) != NULL;
}
