/* fake_server.h - a server in a child process that says what a test wants: the one place where a fake is
 * right, because no real server is hostile. Header only; each test is its own program. */
#pragma once

#include <arpa/inet.h>
#include <curl/curl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct FakeServer {
    pid_t child;
    guint port;
} FakeServer;

/* Runs in the child for each connection; lines end with CR LF. */
typedef void (*FakeFunc)(FILE *stream, gconstpointer script);

static inline void fake_say(FILE *stream, const char *text)
{
    fputs(text, stream);
    fflush(stream);
}

static inline char *fake_hear(FILE *stream, char *line, int size)
{
    return fgets(line, size, stream) == NULL ? NULL : g_strchomp(line);
}

static inline void fake_run(int listener, FakeFunc serve, gconstpointer script)
{
    signal(SIGPIPE, SIG_DFL);
    alarm(60); /* never outlive a test that crashed */
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) _exit(0);
        FILE *stream = fdopen(fd, "r+");
        setvbuf(stream, NULL, _IONBF, 0);
        serve(stream, script);
        shutdown(fd, SHUT_RDWR);
        fclose(stream);
    }
}

static inline FakeServer fake_start(FakeFunc serve, gconstpointer script)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 5) != 0)
        g_error("cannot listen on loopback");
    getsockname(listener, (struct sockaddr *)&address, &length);
    FakeServer server = {.port = ntohs(address.sin_port)};
    fflush(NULL);
    server.child = fork();
    if (server.child == 0) fake_run(listener, serve, script);
    close(listener);
    return server;
}

static inline void fake_stop(FakeServer *server)
{
    kill(server->child, SIGKILL);
    waitpid(server->child, NULL, 0);
}

/* A plain connection: logging in and TLS are connect.c's and have their own tests. */
static inline CURL *fake_connect(guint port)
{
    CURL *handle = curl_easy_init();
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u", port);
    curl_easy_setopt(handle, CURLOPT_URL, url);
    curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    if (curl_easy_perform(handle) != CURLE_OK) g_error("cannot connect to loopback");
    return handle;
}
