#include "chat/crypto/openssl_error.h"

#include <openssl/err.h>
#include <stddef.h>

void
openssl_error_set(struct errbuf *err, const char *what)
{
	/* The first one is the cause, those behind it say who noticed. */
	const char *reason = ERR_reason_error_string(ERR_get_error());

	errbuf_set(err, "%s: %s", what, reason != NULL ? reason :
	    "OpenSSL gives no reason");
	ERR_clear_error();
}
