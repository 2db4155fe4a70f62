/* limits.h - every cap on what a mail may cost us, in one place, with units.
 *
 * A cap that is reached is a problem on the attachment (or mail) that reached it; the rest is still read.
 */
#pragma once

/* Mail */
#define LIMIT_MAIL_BYTES     (50u << 20) /* bytes: largest message the worker accepts; config lowers it */
#define LIMIT_MAIL_PARTS     2000        /* MIME entities in one mail */
#define LIMIT_MAIL_DEPTH     30          /* nesting of multipart and message/rfc822 */
#define LIMIT_BOUNDARY_LINES 100000      /* lines that begin with "--": more cost the MIME parser gigabytes */
#define LIMIT_PART_FIELDS    100000 /* header fields of all its parts: each costs the MIME parser 300 bytes */
#define LIMIT_HEADERS_BYTES  (1u << 20)  /* bytes: all header fields of a mail together */
#define LIMIT_HEADER_BYTES   (64u << 10) /* bytes: one unfolded header field that we decode */
#define LIMIT_SUBJECT_CHARS  1000        /* characters of subject kept */
#define LIMIT_ADDRESSES      1000        /* addresses kept per header field */
#define LIMIT_REFERENCES     100         /* Message-IDs kept of References */
#define LIMIT_RESULTS        50          /* Authentication-Results fields kept, and results kept of each */
#define LIMIT_RESULT_CHARS   40          /* characters of "dkim", of "pass" */
#define LIMIT_NAME_CHARS     255         /* characters of a file name kept */
#define LIMIT_ADDRESS_CHARS  320         /* characters of an address kept (RFC 3696: 64 + 1 + 255) */
#define LIMIT_LINKS          200         /* links to files kept per mail */
#define LIMIT_URL_CHARS      4000        /* characters of a link; longer ones are left out */
#define LIMIT_QUOTES         50          /* mails quoted in a mail that are told of */
#define LIMIT_PROBLEMS       200         /* problems kept per mail or attachment */

/* Documents */
#define LIMIT_TEXT_BYTES     (1u << 20)     /* bytes: UTF-8 text kept per body or attachment */
#define LIMIT_UNPACKED_BYTES (256ull << 20) /* bytes: unpacked from all containers of one mail */
#define LIMIT_UNPACK_RATIO   200            /* unpacked : packed, above 1 MiB unpacked, is a bomb */
#define LIMIT_UNPACK_SECONDS 8              /* seconds that unpacking may take, for all of one mail */
#define LIMIT_MEMBERS        2000           /* members of all archives in one mail */
#define LIMIT_ARCHIVE_DEPTH  5              /* archives in archives */
#define LIMIT_TABLES         200            /* tables per document */
#define LIMIT_TABLE_ROWS     5000           /* rows per table */
#define LIMIT_TABLE_CELLS    100000         /* cells per document */
#define LIMIT_FIELDS         500            /* form fields per document */
#define LIMIT_PDF_PAGES      2000           /* pages read of one PDF */
#define LIMIT_PDF_SECONDS    6              /* seconds of CPU after which no more of it is read */
#define LIMIT_RTF_DEPTH      500            /* groups in groups of RTF */
#define LIMIT_XML_DEPTH      256            /* elements in each other */

/* CSV tables (roster) */
#define LIMIT_CSV_BYTES   (4u << 20) /* bytes */
#define LIMIT_CSV_ROWS    20000
#define LIMIT_CSV_COLUMNS 200

/* Worker */
#define LIMIT_REPLY_BYTES         (16u << 20)  /* bytes: one JSON reply of the worker */
#define LIMIT_JSON_DEPTH          96           /* nesting of the JSON reply: 45 attachments in each other */
#define LIMIT_JSON_VALUES         1000000      /* values in the JSON reply */
#define LIMIT_HANDOVER_BYTES      (100u << 20) /* bytes: decoded files of a mail; each is kept at most twice */
#define LIMIT_WORKER_MAILS        200          /* mails after which a reader is replaced */
#define LIMIT_WORKER_CPU_SECONDS  30           /* seconds of CPU of one worker process per mail */
#define LIMIT_SHARE_CPU_SECONDS   10           /* of them, for one file, and for what is around files */
#define LIMIT_WORKER_WALL_SECONDS 60           /* seconds from request to reply */
#define LIMIT_WORKER_MEMORY       (1ull << 30) /* bytes: RLIMIT_AS of a worker (not under sanitizers) */
