#include "daemon/intake_mail.h"

#include "daemon/desk/settled.h"

void intake_mail_free(IntakeMail *mail)
{
    if (!mail) return;
    g_clear_pointer(&mail->raw, g_bytes_unref);
    g_clear_pointer(&mail->result, worker_result_free);
    g_clear_pointer(&mail->settled, desk_settled_free);
    g_clear_pointer(&mail->told, facts_free);
    g_free(mail->identity);
    g_free(mail->folder);
    g_free(mail->sha256);
    g_free(mail);
}
