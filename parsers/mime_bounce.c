#include "parsers/mime_headers.h"
void mime_bounce_part(Facts *facts, const char *type, GBytes *bytes)
{
}
void mime_bounce_read(const Entity *message, Facts *facts)
{
}
