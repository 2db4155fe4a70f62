/* dates.h - date-times of mails: RFC 5322 section 3.3, its obsolete forms, and what programs write instead.
 */
#pragma once

#include <glib.h>

/* Raw header text as RFC 3339 with the offset that it had ("2014-05-30T09:00:00+08:00"); "" if there is no
 * day, month and year from 1970 on in it. Reads "Fri, 30 May 2014 09:00:00 +0800", two-digit years, zones by
 * name, asctime ("Fri May 30 09:00:00 2014"), ISO 8601 and 2014年5月30日; a missing time is 00:00:00, a
 * missing zone UTC. `raw` may be NULL. The caller frees. */
char *dates_rfc3339(const char *raw);
