/* metrics.h - the figures of `baosong status` as a Prometheus text file, for its node exporter's textfile
 * collector.
 */
#pragma once

#include "config/config.h"
#include "daemon/store/store.h"

/* Text exposition format 0.0.4, every series with the label campaign. `now` is real time. Caller frees. */
char *metrics_text(const Config *config, const StoreStatus *status, gint64 now);

/* Writes them to [store] metrics, atomically and readable by all. A failure is one line in the log, no more:
 * figures must not stop the desk. */
void metrics_write(const Config *config, Store *store);
