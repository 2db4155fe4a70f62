#include "parsers/history.h"

void history_read(Facts *facts)
{
    g_free(facts->new_text);
    facts->new_text = g_strdup(facts->body);
}
