/* service.h - the daemon's life under systemd: signals, waiting (IDLE and timer), notify, watchdog. */
#pragma once

#include "daemon/cycle.h"

/* Runs cycles until SIGTERM, SIGINT or SIGHUP (unless it is ignored, as under nohup). The exit status: 0, or
 * 78 where the administrator must act first. */
int service_run(Cycle *cycle);
