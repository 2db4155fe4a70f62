/* clouds.h - which address leads to a file in a cloud. */
#pragma once

/* The kind of a link (facts.h) by its address with a scheme: qq, 163, baidu, campus …; NULL if it leads to
 * none that we know, to the home of one, or to a form to fill in. Static. */
const char *clouds_kind(const char *url);
