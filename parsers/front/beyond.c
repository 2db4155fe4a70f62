/* beyond.c - the readers that the small programs do not have: in their place stands the end of the process.
 */
#include "beyond.h"

#include "parsers/html.h"
#include "parsers/mht.h"
#include "parsers/mime.h"
#include "parsers/serve.h"
#include "parsers/unpack_walk.h"
#include "parsers/webpage.h"

void mime_init(void)
{
    beyond(BEYOND_ALL);
}

Facts *mime_read(GBytes *mail, MimeKeep keep, gpointer data)
{
    beyond(BEYOND_ALL);
}

void mime_read_attachment(FactsAttachment *attachment, GBytes *mail)
{
    beyond(BEYOND_ALL);
}

void mht_read(FactsAttachment *attachment, GBytes *bytes)
{
    beyond(BEYOND_ALL);
}

void webpage_read(FactsAttachment *attachment, GBytes *bytes)
{
    beyond(BEYOND_ALL);
}

char *html_to_text(const char *html, GPtrArray *anchors)
{
    beyond(BEYOND_ALL);
}

char *html_charset(const char *data, gsize length)
{
    beyond(BEYOND_ALL);
}

void html_anchor_free(gpointer anchor)
{
    beyond(BEYOND_ALL);
}

void walk_list(Walk *walk, WalkFormats formats)
{
    beyond(BEYOND_ALL);
}

void walk_read(Walk *walk, WalkFormats formats)
{
    beyond(BEYOND_ALL);
}

void walk_read_alone(Walk *walk, GBytes *alone, UnpackMember *member)
{
    beyond(BEYOND_ALL);
}

int serve(void)
{
    beyond(BEYOND_ALL);
}
