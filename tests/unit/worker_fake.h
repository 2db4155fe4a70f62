/* worker_fake.h - a worker that does what the mail says, for test_worker.c: every fault that a real one may
 * have. */
#pragma once

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/facts.h"
#include "parsers/limits.h"

#define HELLO FACTS_WORKER_HELLO "\nno \x1B[1mwalls"

static void send_frame(const char *text, guint32 length)
{
    guint32 head = GUINT32_TO_BE(length);
    if (write(FACTS_WORKER_FD, &head, 4) != 4 || write(FACTS_WORKER_FD, text, strlen(text)) < 0) _exit(1);
}

static void send_facts(const char *mail, int memfd)
{
    g_autoptr (Facts) facts = facts_new();
    g_free(facts->sha256);
    facts->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, mail, -1);
    FactsAttachment *attachment = facts_attachment_new();
    g_ptr_array_add(facts->attachments, attachment);
    g_free(attachment->sha256);
    attachment->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "12345", 5);
    attachment->size = 5;
    attachment->offset = 0;
    if (write(memfd, "12345", 5) != 5) _exit(1);
    g_autofree char *json = facts_to_json(facts, FALSE);
    send_frame(json, (guint32)strlen(json));
}

/* Files that break their reader, as many as the digit behind the word says; notes which it was. */
static void swallow(const char *poison, int memfd, const FactsRequest *request)
{
    for (char file = '1'; request->kind == FACTS_WORKER_READ && file <= poison[strlen("poison ")]; file++) {
        char note[FACTS_SHA256_CHARS];
        gboolean skipped = FALSE;
        memset(note, file, sizeof note);
        for (guint i = 0; i < FACTS_WORKER_SKIPS; i++)
            skipped |= memcmp(request->skip[i], note, sizeof note) == 0;
        if (skipped) continue;
        if (pwrite(memfd, note, sizeof note, 0) != sizeof note) _exit(5);
        kill(getpid(), SIGKILL);
    }
}

static void obey(const char *mail, int memfd, guint served, const FactsRequest *request)
{
    if (strstr(mail, "glutton") && request->kind != FACTS_WORKER_KEEP) kill(getpid(), SIGKILL);
    if (strstr(mail, "flood") &&
        (ftruncate(memfd, LIMIT_HANDOVER_BYTES + 1) == 0 || ftruncate(memfd, 1) == 0))
        _exit(4);
    if (strstr(mail, "poison")) swallow(strstr(mail, "poison"), memfd, request);
    if (strstr(mail, "orphan")) kill(getppid(), SIGKILL);
    if (strstr(mail, "die")) kill(getpid(), SIGKILL);
    if (strstr(mail, "second") && served > 0) _exit(3);
    if (strstr(mail, "hang")) pause();
    if (strstr(mail, "garbage"))
        send_frame("no json", 7);
    else if (strstr(mail, "huge"))
        send_frame("", LIMIT_REPLY_BYTES + 1);
    else if (strstr(mail, "half"))
        send_frame("{", 100), _exit(0);
    else if (strstr(mail, "other"))
        send_facts("another mail", memfd);
    else
        send_facts(mail, memfd);
    if (strstr(mail, "chatter")) send_frame("more", 4);
}

static int fake_reader(void)
{
    send_frame(HELLO, (guint32)strlen(HELLO));
    for (guint served = 0;; served++) {
        FactsRequest request;
        char control[CMSG_SPACE(2 * sizeof(int))] = "", mail[4096] = "";
        struct iovec io = {&request, sizeof request};
        struct msghdr message = {
            .msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        if (recvmsg(FACTS_WORKER_FD, &message, 0) <= 0) return 0;
        int fds[2] = {-1, -1};
        memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fds);
        if (read(fds[0], mail, sizeof mail - 1) < 0) return 1;
        obey(mail, fds[1], served, &request);
        close(fds[0]);
        close(fds[1]);
    }
}

/* As the real one: a reader for each socket, then an end like that of the last. */
static int fake_worker(void)
{
    pid_t reader = 0;
    int status = 0, fd = -1;
    for (;;) {
        char byte, control[CMSG_SPACE(sizeof fd)] = "";
        struct iovec io = {&byte, sizeof byte};
        struct msghdr message = {
            .msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        gssize got = recvmsg(FACTS_WORKER_FD, &message, MSG_CMSG_CLOEXEC);
        if (reader > 0) kill(reader, SIGKILL);
        if (reader > 0) waitpid(reader, &status, 0);
        if (got <= 0) break;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
        reader = fork();
        if (reader == 0) _exit(dup2(fd, FACTS_WORKER_FD) < 0 ? 1 : fake_reader());
        close(fd);
    }
    if (WIFSIGNALED(status)) raise(WTERMSIG(status));
    return WEXITSTATUS(status);
}
