/* entity_parts.h - making entities. Private to entity.c and regular.c. */
#pragma once

#include "parsers/entity.h"

/* A leaf without fields. */
Entity *entity_new(void);
void entity_free(gpointer entity);

/* Sets the type and the transfer encoding by the fields; `otherwise` is the type if they do not say. */
void entity_read_type(Entity *entity, const char *otherwise);
